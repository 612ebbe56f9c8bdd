/*
 * jdos-arp-probe DEVICE ADDRESS MILLISECONDS: does anybody on the network behind the device have this IPv4 address?
 * Exit code 0: nobody answered; 1: somebody did, and his MAC address is printed; 2: it could not be asked.
 *
 * It asks as address conflict detection does (RFC 5227): from no address at all, so nobody's ARP cache is touched. It
 * asks twice and waits for tenths of a second, where arping waits for whole ones: a Pod's start waits for it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SILENT = 0, ANSWERED = 1, FAILED = 2 };

static int fail(const char *what) {
  fprintf(stderr, "jdos-arp-probe: %s: %s\n", what, strerror(errno));
  return FAILED;
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Reads until `end`; does a packet say that its sender, another than we, has the address? */
static int listen_until(int fd, long end, in_addr_t address, const unsigned char *own) {
  for (long left = end - now(); left > 0; left = end - now()) {
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    struct ether_arp packet;
    if (poll(&waiting, 1, (int)left) <= 0) continue;
    if (recv(fd, &packet, sizeof packet, 0) < (ssize_t)sizeof packet) continue;
    if (memcmp(packet.arp_spa, &address, 4) != 0 || memcmp(packet.arp_sha, own, ETH_ALEN) == 0) continue;
    const unsigned char *mac = packet.arp_sha;
    printf("%02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    return ANSWERED;
  }
  return SILENT;
}

static int probe(int fd, const struct sockaddr_ll *device, in_addr_t address, int milliseconds) {
  struct sockaddr_ll everybody = *device;
  struct ether_arp question = {0};
  memset(everybody.sll_addr, 0xff, ETH_ALEN);
  question.arp_hrd = htons(ARPHRD_ETHER);
  question.arp_pro = htons(ETH_P_IP);
  question.arp_hln = ETH_ALEN;
  question.arp_pln = 4;
  question.arp_op = htons(ARPOP_REQUEST);
  memcpy(question.arp_sha, device->sll_addr, ETH_ALEN);
  memcpy(question.arp_tpa, &address, 4);
  for (int i = 0; i < 2; i++) {
    long end = now() + milliseconds / 2;
    if (sendto(fd, &question, sizeof question, 0, (const struct sockaddr *)&everybody, sizeof everybody) < 0) return fail("send");
    if (listen_until(fd, end, address, device->sll_addr) == ANSWERED) return ANSWERED;
  }
  return SILENT;
}

int main(int count, char **words) {
  struct sockaddr_ll device = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP)};
  socklen_t length = sizeof device;
  struct in_addr address;
  if (count != 4 || inet_pton(AF_INET, words[2], &address) != 1 || atoi(words[3]) <= 0) {
    fputs("usage: jdos-arp-probe DEVICE IPV4-ADDRESS MILLISECONDS\n", stderr);
    return FAILED;
  }
  int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ARP));
  if (fd < 0) return fail("socket");
  device.sll_ifindex = (int)if_nametoindex(words[1]);
  if (device.sll_ifindex == 0) return fail(words[1]);
  if (bind(fd, (struct sockaddr *)&device, sizeof device) != 0) return fail("bind");
  if (getsockname(fd, (struct sockaddr *)&device, &length) != 0 || device.sll_halen != ETH_ALEN) return fail("no Ethernet");
  int answer = probe(fd, &device, address.s_addr, atoi(words[3]));
  close(fd);
  return answer;
}
