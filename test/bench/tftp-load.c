/* A TFTP reader for benchmarks: RFC 1350, 2347-2349, 7440. It compares every byte with a copy of the file.
 *
 * Usage: tftp-load HOST PORT NAME COPY [-b BLKSIZE] [-w WINDOW] [-n TIMES] [-c CLIENTS] [-a FIRST] [-l PERCENT] [-s SEED]
 *   -c N  N readers at once, each a process of its own, the i-th from address FIRST + i (default: no address of its own)
 *   -l N  loses N % of the datagrams in both directions, the same ones for the same seed
 * Prints one JSON line: seconds, bytes, datagrams that came, the window that was granted, the slowest reader.
 * Exit code: 0 all bytes right, 1 a transfer did not end, 2 a byte was wrong. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKET 65468
#define TRIES 30
#define WAIT_MS 1000

enum { RRQ = 1, DATA = 3, ACK = 4, ERROR = 5, OACK = 6 };

static unsigned blksize = 1468, windowsize = 1, times = 1, clients = 1, losing = 0;
static unsigned long long randomState = 1;
static in_addr_t firstAddress = 0;

struct result {
  double seconds;
  unsigned long long bytes, datagrams;
  unsigned window;
  int wrong, failed;
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* xorshift64*: the same datagrams are lost for the same seed. */
static int lost(void) {
  if (losing == 0) return 0;
  randomState ^= randomState >> 12;
  randomState ^= randomState << 25;
  randomState ^= randomState >> 27;
  return (randomState * 2685821657736338717ULL >> 33) % 100 < losing;
}

static void say(int fd, const void *bytes, size_t length, const struct sockaddr_in *to) {
  if (lost()) return;
  if (sendto(fd, bytes, length, 0, (const struct sockaddr *)to, sizeof *to) < 0 && errno != ECONNREFUSED) perror("sendto");
}

static size_t request(unsigned char *b, const char *name) {
  size_t n = 2;
  b[0] = 0;
  b[1] = RRQ;
  n += sprintf((char *)b + n, "%s", name) + 1;
  n += sprintf((char *)b + n, "octet") + 1;
  if (blksize != 512) {
    n += sprintf((char *)b + n, "blksize") + 1;
    n += sprintf((char *)b + n, "%u", blksize) + 1;
  }
  if (windowsize > 1) {
    n += sprintf((char *)b + n, "windowsize") + 1;
    n += sprintf((char *)b + n, "%u", windowsize) + 1;
  }
  return n;
}

static void readOptions(const unsigned char *b, size_t length, unsigned *block, unsigned *window) {
  const char *at = (const char *)b + 2, *end = (const char *)b + length;
  while (at < end) {
    const char *value = at + strnlen(at, end - at) + 1;
    if (value >= end) return;
    if (strcasecmp(at, "blksize") == 0) *block = atoi(value);
    if (strcasecmp(at, "windowsize") == 0) *window = atoi(value);
    at = value + strnlen(value, end - value) + 1;
  }
}

/* One file; returns 0 when it came whole. */
static int fetch(int fd, struct sockaddr_in server, const char *name, const unsigned char *copy, size_t size, struct result *r) {
  unsigned char first[600], ack[4] = {0, ACK, 0, 0};
  static unsigned char packet[MAX_PACKET];
  size_t firstLength = request(first, name), got = 0;
  unsigned granted = 512, window = 1, inWindow = 0, tries = 0;
  unsigned long long block = 0;
  struct sockaddr_in peer = server;
  int known = 0, complained = 0;
  say(fd, first, firstLength, &server);
  for (;;) {
    struct sockaddr_in from;
    socklen_t fromLength = sizeof from;
    ssize_t n = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &fromLength);
    if (n < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ECONNREFUSED) return perror("recvfrom"), 1;
      if (++tries > TRIES) return fprintf(stderr, "no answer after %zu of %zu bytes\n", got, size), 1;
      inWindow = 0;
      if (known) say(fd, ack, 4, &peer);
      else say(fd, first, firstLength, &server);
      continue;
    }
    r->datagrams++;
    if (lost() || n < 4) continue;
    if (!known) {
      peer = from;
      known = 1;
    } else if (from.sin_port != peer.sin_port)
      continue;
    tries = 0;
    switch (packet[1]) {
    case ERROR:
      return fprintf(stderr, "the server says: %.*s\n", (int)(n - 4), packet + 4), 1;
    case OACK:
      if (got > 0 || block > 0) continue;
      readOptions(packet, n, &granted, &window);
      say(fd, ack, 4, &peer);
      continue;
    case DATA: {
      unsigned number = packet[2] << 8 | packet[3];
      if (number != ((block + 1) & 0xffff)) {
        /* A gap or an old block: say once per window how far this is (RFC 7440 section 4). */
        if (window > 1 && !complained) {
          complained = 1;
          inWindow = 0;
          say(fd, ack, 4, &peer);
        } else if (window == 1 && number == (block & 0xffff))
          say(fd, ack, 4, &peer);
        continue;
      }
      complained = 0;
      block++;
      inWindow++;
      size_t length = n - 4;
      if (got + length > size || memcmp(copy + got, packet + 4, length) != 0) r->wrong = 1;
      got += length;
      ack[2] = block >> 8;
      ack[3] = block;
      int last = length < granted;
      if (last || inWindow >= window) {
        inWindow = 0;
        say(fd, ack, 4, &peer);
      }
      if (!last) continue;
      r->window = window;
      r->bytes += got;
      if (got != size) r->wrong = 1;
      return 0;
    }
    }
  }
}

static struct result reader(const char *host, int port, const char *name, const unsigned char *copy, size_t size, unsigned index) {
  struct result r = {0};
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(host)};
  randomState = randomState * 1000003ULL + index + 1;
  double begun = now();
  for (unsigned i = 0; i < times && !r.failed; i++) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct timeval wait = {WAIT_MS / 1000, WAIT_MS % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = firstAddress ? htonl(ntohl(firstAddress) + index) : INADDR_ANY};
    if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0) perror("bind");
    r.failed = fetch(fd, server, name, copy, size, &r);
    close(fd);
  }
  r.seconds = now() - begun;
  return r;
}

int main(int argc, char **argv) {
  int option;
  while ((option = getopt(argc, argv, "b:w:n:c:a:l:s:")) != -1) {
    switch (option) {
    case 'b': blksize = atoi(optarg); break;
    case 'w': windowsize = atoi(optarg); break;
    case 'n': times = atoi(optarg); break;
    case 'c': clients = atoi(optarg); break;
    case 'a': firstAddress = inet_addr(optarg); break;
    case 'l': losing = atoi(optarg); break;
    case 's': randomState = atoi(optarg) + 1; break;
    default: return 64;
    }
  }
  if (argc - optind != 4) return fprintf(stderr, "usage: tftp-load HOST PORT NAME COPY [options]\n"), 64;
  const char *host = argv[optind], *name = argv[optind + 2];
  int port = atoi(argv[optind + 1]), fd = open(argv[optind + 3], O_RDONLY);
  struct stat about;
  if (fd < 0 || fstat(fd, &about) != 0) return perror(argv[optind + 3]), 64;
  const unsigned char *copy = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  struct result *all = mmap(NULL, sizeof *all * clients, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  double begun = now();
  if (clients == 1) all[0] = reader(host, port, name, copy, about.st_size, 0);
  else {
    for (unsigned i = 0; i < clients; i++)
      if (fork() == 0) {
        all[i] = reader(host, port, name, copy, about.st_size, i);
        _exit(0);
      }
    while (wait(NULL) > 0 || errno == EINTR) {}
  }
  double seconds = now() - begun, slowest = 0;
  unsigned long long bytes = 0, datagrams = 0;
  int failed = 0, wrong = 0;
  for (unsigned i = 0; i < clients; i++) {
    bytes += all[i].bytes;
    datagrams += all[i].datagrams;
    failed += all[i].failed || all[i].seconds == 0;
    wrong += all[i].wrong;
    if (all[i].seconds > slowest) slowest = all[i].seconds;
  }
  printf("{\"seconds\":%.6f,\"bytes\":%llu,\"datagrams\":%llu,\"window\":%u,\"slowest\":%.3f,\"failed\":%d,\"wrong\":%d}\n", seconds,
         bytes, datagrams, all[0].window, slowest, failed, wrong);
  return wrong ? 2 : failed ? 1 : 0;
}
