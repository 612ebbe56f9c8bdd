export { type ProgramInput, type ProgramResult, runProgram } from './program.ts';
export { CutOff, runBySsh, type SshOptions } from './ssh.ts';
export { shellWord } from './word.ts';
