# Copyright the JDOS authors. Licensed under the Apache License, Version 2.0.
"""Connection of Ansible to Pods through one JDOS process, over its unix socket."""
import base64
import hashlib
import json
import os
import shlex
import socket
import subprocess
import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
    name: jdos
    short_description: run commands in Pods through one JDOS process
    description:
      - Each command is one message to a JDOS process on this machine, which has the connections to the API server.
      - Where nobody listens on the socket the process is started; it ends by itself when it has nothing to do.
    options:
      socket:
        description: unix socket of the JDOS process
        vars: [{name: ansible_jdos_socket}]
      program:
        description: the program that serves the socket, as a list
        type: list
        elements: str
        default: []
        vars: [{name: ansible_jdos_program}]
      namespace:
        description: namespace of the Pod
        default: default
        vars: [{name: ansible_jdos_namespace}]
      pod:
        description: name of the Pod
        vars: [{name: ansible_jdos_pod}]
      container:
        description: name of the container; the first one otherwise
        vars: [{name: ansible_jdos_container}]
"""

START_SECONDS = 20


class Connection(ConnectionBase):
    transport = 'jdos'
    has_pipelining = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._stream = None

    def _connect(self):
        if self._connected:
            return self
        path = self.get_option('socket')
        try:
            self._stream = self._open(path)
        except OSError:
            self._start(path)
        self._connected = True
        return self

    def _open(self, path):
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            stream.connect(path)
        except OSError:
            stream.close()
            raise
        return stream.makefile('rwb')

    def _start(self, path):
        """Several workers may come here at once: one server wins the lock, the others wait for its socket."""
        program = self.get_option('program')
        if not program:
            raise AnsibleConnectionFailure('nobody listens on %s' % path)
        lock = path + '.starting'
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True)
        except FileExistsError:
            pass
        end = time.monotonic() + START_SECONDS
        try:
            while True:
                try:
                    self._stream = self._open(path)
                    return
                except OSError:
                    if time.monotonic() > end:
                        raise AnsibleConnectionFailure('nobody listens on %s, and nobody came' % path)
                    time.sleep(0.05)
        finally:
            try:
                os.unlink(lock)
            except OSError:
                pass

    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return self._ask(['/bin/sh', '-c', cmd], in_data)

    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)
        with open(in_path, 'rb') as source:
            content = source.read()
        wanted = '%d %s' % (len(content), hashlib.sha256(content).hexdigest())
        place = shlex.quote(out_path)
        receive = 'cat > %s && echo "$(wc -c < %s | tr -d \' \') $(sha256sum < %s | cut -d\' \' -f1)"' % (place, place, place)
        for _ in range(3):
            code, out, err = self._ask(['/bin/sh', '-c', receive], content)
            if code == 0 and out.decode().strip() == wanted:
                return
        raise AnsibleError('%s did not arrive whole at %s: %s' % (in_path, out_path, err.decode(errors='replace')))

    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)
        code, out, err = self._ask(['/bin/sh', '-c', 'cat < %s' % shlex.quote(in_path)], None)
        if code != 0:
            raise AnsibleError('%s could not be read: %s' % (in_path, err.decode(errors='replace')))
        with open(out_path, 'wb') as target:
            target.write(out)

    def close(self):
        if self._stream is not None:
            self._stream.close()
        self._stream = None
        self._connected = False

    def _ask(self, command, in_data):
        self._connect()
        request = {'namespace': self.get_option('namespace'), 'pod': self.get_option('pod'), 'command': command}
        if self.get_option('container'):
            request['container'] = self.get_option('container')
        if in_data:
            request['stdin'] = base64.b64encode(in_data).decode()
        try:
            self._stream.write(json.dumps(request).encode() + b'\n')
            self._stream.flush()
            line = self._stream.readline()
        except OSError as error:
            raise AnsibleConnectionFailure('the JDOS process has gone: %s' % error)
        if not line:
            raise AnsibleConnectionFailure('the JDOS process has gone')
        answer = json.loads(line)
        if 'unreachable' in answer:
            raise AnsibleConnectionFailure(answer['unreachable'])
        return answer['rc'], base64.b64decode(answer['stdout']), base64.b64decode(answer['stderr'])
