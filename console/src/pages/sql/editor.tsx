/** Where a query is written: colours, completion, and a mark where it is wrong. */
import { acceptCompletion, autocompletion, closeCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SqlTable } from '../../api/sql.ts';
import { columnsSpokenOf, namespaceOf } from './completion.ts';

/** What the rest of the page does to the text. */
export interface EditorHandle {
  /** Puts a name where the cursor is. */
  insert(name: string): void;
  replace(text: string): void;
}

interface EditorProps {
  /** What it begins with; from then on it has its own, and tells of it. */
  readonly first: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly tables: readonly SqlTable[];
  /** What is wrong, and where, counted in characters from 1. */
  readonly fault?: { readonly position: number; readonly message: string } | undefined;
  readonly handle: Ref<EditorHandle>;
}

export function Editor({ first, onChange, onRun, tables, fault, handle }: EditorProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const told = useRef({ onChange, onRun });
  told.current = { onChange, onRun };
  const label = t('sql.query');
  const begin = useRef(first);

  useEffect(() => {
    const editor = new EditorView({
      parent: place.current!,
      doc: begin.current,
      extensions: [...BASE, ...saying(told)],
    });
    view.current = editor;
    editor.focus();
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: LABEL.reconfigure(EditorView.contentAttributes.of({ 'aria-label': label })) });
  }, [label]);

  useEffect(() => {
    view.current?.dispatch({ effects: LANGUAGE.reconfigure(languageOf(tables)) });
  }, [tables]);

  const { position, message = '' } = fault ?? {};
  useEffect(() => {
    if (view.current) point(view.current, position, message);
  }, [position, message]);

  useImperativeHandle(handle, () => ({
    insert(name) {
      view.current?.dispatch(view.current.state.replaceSelection(name));
      view.current?.focus();
    },
    replace(text) {
      const length = view.current?.state.doc.length ?? 0;
      view.current?.dispatch({ changes: { from: 0, to: length, insert: text }, selection: { anchor: text.length } });
    },
  }));

  return <div ref={place} className="sql-editor" />;
}

const [LANGUAGE, LABEL] = [new Compartment(), new Compartment()];

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'light-dark(#0046b0, #91caff)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#1d6b06, #8fd460)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'light-dark(#874d00, #ffd666)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'light-dark(#595959, #b0b0b0)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'light-dark(#531dab, #d3adf7)' },
]);

const BASE: readonly Extension[] = [
  lineNumbers(),
  history(),
  bracketMatching(),
  autocompletion(),
  EditorView.lineWrapping,
  syntaxHighlighting(COLOURS),
  LANGUAGE.of([]),
  LABEL.of([]),
];

function languageOf(tables: readonly SqlTable[]): Extension {
  return [
    sql({ dialect: PostgreSQL, schema: namespaceOf(tables) }),
    PostgreSQL.language.data.of({ autocomplete: columnsSpokenOf(tables) }),
  ];
}

/** Tab takes what is offered and otherwise goes on to the next field, as everywhere on the page. */
function saying(told: { readonly current: Pick<EditorProps, 'onChange' | 'onRun'> }): Extension[] {
  const run = (view: EditorView) => {
    closeCompletion(view);
    told.current.onRun();
    return true;
  };
  return [
    keymap.of([{ key: 'Mod-Enter', run }, { key: 'Tab', run: acceptCompletion }, ...historyKeymap, ...defaultKeymap]),
    // What is offered to who types is in the way of who does something else.
    EditorView.domEventHandlers({ blur: (_, view) => void closeCompletion(view) }),
    // Who hears of a change may want another, which must wait until this one is over.
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) queueMicrotask(() => told.current.onChange(state.doc.toString()));
    }),
  ];
}

/** The word at the place is marked and shown. */
function point(view: EditorView, position: number | undefined, message: string): void {
  const { doc } = view.state;
  const from = Math.min((position ?? 1) - 1, doc.length);
  const to = view.state.wordAt(from)?.to ?? Math.min(from + 1, doc.length);
  const found = position === undefined ? [] : [{ from, to, severity: 'error' as const, message }];
  view.dispatch(setDiagnostics(view.state, found));
  if (position !== undefined) view.dispatch({ effects: EditorView.scrollIntoView(from) });
}
