/** The value has not the shape of its type. The message is the part after `cannot be handled as a …: `. */
export class DecodeFault extends Error {}
