/** `jdos maintain mail` and `mail-settings`: 运维邮件 and 恢复邮件. */
import process from 'node:process';
import { Argument, type Command, Option } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { systemClock } from '../../kube/index.ts';
import {
  Ledger,
  letterFor,
  type MailKind,
  type MailLanguage,
  mailSettings,
  mailsOf,
  recipientsOf,
  SmtpNotifier,
  setMailSettings,
} from '../../maintenance/index.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';
import { parsePort } from '../up/port.ts';

type Options = DataDirOptions & RecordsLocation & OperatorOptions;

export function defineMail(command: Command): void {
  const mail = command
    .command('mail')
    .description('tell the owners now, or see what they are told; each mail is sent once');
  addOperator(addRecords(addDataDir(mail)))
    .argument('<id>', 'of the operation')
    .addArgument(new Argument('[kind]', 'which mail').choices(['maintenance', 'recovery']).default('maintenance'))
    .option('--preview', 'show it and send nothing')
    .option('--reason <text>', 'why the recovery is told though the host is not given back')
    .action(sendMail);
  const settings = command.command('mail-settings').description('who writes, by which server, to whom');
  addOperator(addRecords(addDataDir(settings)))
    .option('--host <name>', 'of the mail server')
    .option('--port <port>', 'its port', parsePort, 25)
    .option('--secure', 'TLS from the beginning; otherwise STARTTLS where it is offered')
    .option('--user <name>', 'to sign in with; the password is $JDOS_SMTP_PASSWORD of whoever sends')
    .option('--from <address>', 'the sender')
    .option('--to <addresses>', 'who is always told, comma-separated', list, [])
    .option('--owner <name=address>', 'where an owner of Pods reads; may be said often', owner, {})
    .addOption(new Option('--lang <language>', 'of the mails').choices(['zh', 'en']).default('zh'))
    .action(changeSettings);
}

async function sendMail(
  id: string,
  kind: MailKind,
  options: Options & { preview?: true; reason?: string },
): Promise<void> {
  await withRecords(options, async (records) => {
    const ledger = new Ledger(records);
    const operation = await ledger.get(id);
    const settings = await mailSettings(ledger);
    if (!settings)
      throw new JdosError('JDOS_ERR_USAGE', {
        detail: 'no mail server is known; set one with `jdos maintain mail-settings`',
      });
    if (options.preview) {
      const { subject, text } = letterFor(operation, kind, settings.language, systemClock.now());
      process.stdout.write(`To: ${recipientsOf(operation, settings).join(', ')}\nSubject: ${subject}\n\n${text}`);
      return;
    }
    const over = operation.state === 'succeeded' || operation.state === 'aborted';
    if (kind === 'recovery' && !over && !options.reason) {
      const expected = 'a host that is given back, or --reason';
      throw new JdosError('JDOS_ERR_MAINTENANCE_STATE', { id, state: operation.state, expected });
    }
    const sent = await new SmtpNotifier({ ledger, clock: systemClock, password: process.env.JDOS_SMTP_PASSWORD }).send(
      operation,
      kind,
    );
    await ledger.log(
      id,
      operation.step,
      `${kind} mail: ${sent.kind}${options.reason ? `, because ${options.reason}` : ''}`,
      options.operator,
    );
    if (sent.kind === 'failed') throw new Error(`the mail server did not take it: ${sent.error}`);
    for (const { kind: which, state, recipients } of await mailsOf(ledger, id))
      process.stdout.write(`${which}: ${state}: ${recipients}\n`);
  });
}

interface SettingsOptions extends Options {
  readonly host?: string;
  readonly port: number;
  readonly secure?: true;
  readonly user?: string;
  readonly from?: string;
  readonly to: readonly string[];
  readonly owner: Readonly<Record<string, string>>;
  readonly lang: MailLanguage;
}

async function changeSettings(options: SettingsOptions): Promise<void> {
  await withRecords(options, async (records) => {
    const ledger = new Ledger(records);
    const { host, port, secure = false, user, from, to, owner: owners, lang: language, operator } = options;
    if (host !== undefined && from !== undefined) {
      await setMailSettings(
        ledger,
        { host, port, secure, ...(user && { user }), from, to, owners, language },
        operator,
      );
    } else if (host !== undefined || from !== undefined) {
      throw new JdosError('JDOS_ERR_USAGE', { detail: 'mail-settings: expected --host and --from together' });
    }
    process.stdout.write(`${JSON.stringify((await mailSettings(ledger)) ?? 'nobody is told', null, 2)}\n`);
  });
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

function owner(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
