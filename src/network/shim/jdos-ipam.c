/*
 * jdos-ipam: the part of the IPAM plugin that a container runtime executes on the host. It understands nothing: it hands
 * its environment and its standard input to the node agent's socket and prints what comes back. Hosts have no Node.js,
 * so this is C without a library beyond libc: cc -O2 -static -o jdos-ipam jdos-ipam.c
 *
 * Request: lines NAME=value, an empty line, the network configuration. Answer: the exit code on a line, then the output.
 * A DEL that finds no agent is kept in the spool as the request it would have sent, and succeeds: the agent reads it when
 * it comes back, and a Pod's end waits for nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef JDOS_SOCKET
#define JDOS_SOCKET "/run/jdos/ipam.sock"
#endif
#ifndef JDOS_SPOOL
#define JDOS_SPOOL "/var/lib/jdos/ipam/spool"
#endif

#define LIMIT (1 << 20)
#define ANSWER_SECONDS 60
#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { BAD_ENVIRONMENT = 4, IO_FAILURE = 5, TRY_AGAIN = 11, UNAVAILABLE = 50 };

struct buffer {
  char *bytes;
  size_t length;
};

static const char *const NAMES[] = {"CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH"};

/* Texts are this program's own and need no escaping. */
static int fail(int code, const char *message, const char *details) {
  printf("{\"cniVersion\":\"1.1.0\",\"code\":%d,\"msg\":\"%s\",\"details\":\"%s\"}\n", code, message, details);
  return 1;
}

static void append(struct buffer *to, const char *bytes, size_t length) {
  char *grown = realloc(to->bytes, to->length + length + 1);
  if (grown == NULL) _exit(fail(IO_FAILURE, "out of memory", ""));
  memcpy(grown + to->length, bytes, length);
  to->bytes = grown;
  to->length += length;
  to->bytes[to->length] = 0;
}

/* Everything up to the end; -1 on errors and on more than LIMIT bytes. */
static int read_all(int from, struct buffer *to) {
  char chunk[4096];
  for (;;) {
    ssize_t got = read(from, chunk, sizeof chunk);
    if (got == 0) return 0;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || to->length + (size_t)got > LIMIT) return -1;
    append(to, chunk, (size_t)got);
  }
}

static int write_all(int to, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t put = write(to, bytes, length);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return -1;
    bytes += put;
    length -= (size_t)put;
  }
  return 0;
}

static int connect_agent(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct timeval patience = {.tv_sec = ANSWER_SECONDS};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  strncpy(address.sun_path, JDOS_SOCKET, sizeof address.sun_path - 1);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

/* -1: nobody answered, or not in full. */
static int ask(const struct buffer *request, struct buffer *answer) {
  int fd = connect_agent();
  if (fd < 0) return -1;
  int failed = write_all(fd, request->bytes, request->length) != 0 ||
               shutdown(fd, SHUT_WR) != 0 || read_all(fd, answer) != 0;
  close(fd);
  if (failed || answer->length < 2 || answer->bytes[1] != '\n') return -1;
  return answer->bytes[0] == '0' ? 0 : 1;
}

/* A name without a path in it: container ids are letters, digits, '_', '.' and '-', beginning with a letter or digit. */
static int is_plain(const char *text) {
  if (text == NULL || *text == 0 || *text == '.' || strlen(text) > 200) return 0;
  return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == strlen(text);
}

/* Durable before it is visible: written aside, synced, renamed, and the folder synced. */
static int spool(const struct buffer *request) {
  const char *container = getenv("CNI_CONTAINERID"), *interface = getenv("CNI_IFNAME");
  char name[PATH_MAX], aside[PATH_MAX];
  if (!is_plain(container) || (interface != NULL && !is_plain(interface)))
    return fail(BAD_ENVIRONMENT, "CNI_CONTAINERID or CNI_IFNAME is not a plain name", "");
  snprintf(name, sizeof name, "%s/%s.%s", JDOS_SPOOL, container, interface ? interface : "eth0");
  snprintf(aside, sizeof aside, "%s/.%s.%ld", JDOS_SPOOL, container, (long)getpid());
  int folder = open(JDOS_SPOOL, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int file = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int failed = folder < 0 || file < 0 || write_all(file, request->bytes, request->length) != 0 || fsync(file) != 0 ||
               rename(aside, name) != 0 || fsync(folder) != 0;
  if (file >= 0) close(file);
  if (folder >= 0) close(folder);
  return failed ? fail(TRY_AGAIN, "no node agent answers at " JDOS_SOCKET ", and " JDOS_SPOOL " cannot be written", strerror(errno)) : 0;
}

static int unanswered(const char *command, const struct buffer *request) {
  if (strcmp(command, "DEL") == 0) return spool(request);
  int is_status = strcmp(command, "STATUS") == 0 || strcmp(command, "GC") == 0;
  return fail(is_status ? UNAVAILABLE : TRY_AGAIN, "no node agent answers at " JDOS_SOCKET,
              "see whether the Pod jdos-node-agent of this node runs");
}

static int compose(struct buffer *request) {
  for (size_t i = 0; i < COUNT(NAMES); i++) {
    const char *value = getenv(NAMES[i]);
    if (value == NULL) continue;
    if (strchr(value, '\n') != NULL) return fail(BAD_ENVIRONMENT, "a variable has more than one line", NAMES[i]);
    append(request, NAMES[i], strlen(NAMES[i]));
    append(request, "=", 1);
    append(request, value, strlen(value));
    append(request, "\n", 1);
  }
  append(request, "\n", 1);
  return read_all(STDIN_FILENO, request) == 0 ? 0 : fail(IO_FAILURE, "the network configuration cannot be read", "");
}

int main(void) {
  struct buffer request = {0}, answer = {0};
  const char *command = getenv("CNI_COMMAND");
  if (command == NULL) return fail(BAD_ENVIRONMENT, "CNI_COMMAND is not set", "a container runtime runs this program");
  if (strcmp(command, "VERSION") == 0)
    return puts("{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}") < 0;
  signal(SIGPIPE, SIG_IGN);
  if (compose(&request) != 0) return 1;
  int code = ask(&request, &answer);
  if (code < 0) return unanswered(command, &request);
  return write_all(STDOUT_FILENO, answer.bytes + 2, answer.length - 2) == 0 ? code : 1;
}
