/** Says what has been done, and for a while offers to take it back. */
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';

const SECONDS = 15;

/** Call the answer with what was done in words and how it is taken back. */
export function useUndo(): (done: string, undo: () => Promise<unknown>) => void {
  const { notification } = App.useApp();
  return (done, undo) => {
    const key = `undo ${done} ${Date.now()}`;
    notification.success({
      key,
      title: done,
      duration: SECONDS,
      placement: 'bottomRight',
      role: 'status',
      actions: <Undo act={undo} onEnd={() => notification.destroy(key)} />,
    });
  };
}

function Undo({ act, onEnd }: { readonly act: () => Promise<unknown>; readonly onEnd: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const undo = useMutation({
    mutationFn: act,
    onError: (error) => message.error(error.message),
    onSettled: onEnd,
  });
  return (
    <Button size="small" loading={undo.isPending} onClick={() => undo.mutate()}>
      {t('undo')}
    </Button>
  );
}
