/* Loads one LUN through libiscsi, checks every byte, and prints one JSON line.
 *
 * Usage: load read|write|idle URL SERVER_PID BLOCK_BYTES QUEUE_DEPTH SECONDS random|sequential SPAN_BYTES SESSIONS
 *        load fill FILE SPAN_BYTES
 * Build: gcc -O3 -o load load.c -liscsi
 *
 * Every sector says where it lies and which write it is of: word 0 is the version, word i is a function of sector, i and
 * version. `fill` writes version 0. A read checks all words. A write run reads back what it wrote when the time is over, and wants
 * the version that was acknowledged last. QUEUE_DEPTH is per session. The server's processor time and memory are those of the timed
 * part alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#define SECTOR 512
#define WORDS (SECTOR / 8)
#define K1 0x9e3779b97f4a7c15ULL
#define K2 0xc2b2ae3d27d4eb4fULL

struct slot {
	struct iscsi_context *iscsi;
	unsigned char *data;
	struct scsi_iovec iov;
	uint64_t io, version;
};

static int lun, writing, sequential, in_flight, stopping, failed;
static uint32_t io_bytes;
static uint64_t io_count, span_ios, next_io, seed = 88172645463325252ULL, version;
/* Of each place: the version acknowledged last (0: not written here), and whether a write is under way. */
static uint64_t *acknowledged;
static unsigned char *busy;
static uint64_t step[WORDS];

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu_of(pid_t pid)
{
	clockid_t clock;
	struct timespec t;
	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) {
		fprintf(stderr, "no processor time of process %d\n", pid);
		exit(1);
	}
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double resident_mib(pid_t pid)
{
	char name[64];
	unsigned long size, resident;
	snprintf(name, sizeof(name), "/proc/%d/statm", pid);
	FILE *f = fopen(name, "r");
	if (!f || fscanf(f, "%lu %lu", &size, &resident) != 2) {
		fprintf(stderr, "no memory of process %d\n", pid);
		exit(1);
	}
	fclose(f);
	return resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void put_pattern(unsigned char *data, uint64_t first_sector, uint32_t bytes, uint64_t v)
{
	for (uint32_t s = 0; s < bytes / SECTOR; s++) {
		uint64_t *w = (uint64_t *)(data + s * SECTOR);
		uint64_t base = (first_sector + s) * WORDS * K1 + v * K2;
		for (int i = 0; i < WORDS; i++)
			w[i] = base + step[i];
		w[0] = v;
	}
}

/* Returns the version of the sectors, which must agree; ends the program where a byte is wrong. */
static uint64_t check_pattern(const unsigned char *data, uint64_t first_sector, uint32_t bytes)
{
	uint64_t first = *(const uint64_t *)data;
	for (uint32_t s = 0; s < bytes / SECTOR; s++) {
		const uint64_t *w = (const uint64_t *)(data + s * SECTOR);
		uint64_t v = w[0];
		uint64_t base = (first_sector + s) * WORDS * K1 + v * K2, wrong = 0;
		for (int i = 1; i < WORDS; i++)
			wrong |= w[i] ^ (base + step[i]);
		if (wrong) {
			fprintf(stderr, "WRONG DATA in sector %llu\n", (unsigned long long)(first_sector + s));
			exit(2);
		}
	}
	return first;
}

static void submit(struct slot *s);

static void done(struct iscsi_context *c, int status, void *command_data, void *private_data)
{
	struct scsi_task *task = command_data;
	struct slot *s = private_data;
	in_flight--;
	if (status != SCSI_STATUS_GOOD) {
		fprintf(stderr, "status %d: %s\n", status, iscsi_get_error(c));
		failed = 1;
	} else if (writing) {
		acknowledged[s->io] = s->version;
		busy[s->io] = 0;
	} else {
		uint64_t v = check_pattern(s->data, s->io * (io_bytes / SECTOR), io_bytes);
		if (acknowledged && acknowledged[s->io] != v) {
			fprintf(stderr, "LOST WRITE at place %llu\n", (unsigned long long)s->io);
			exit(2);
		}
	}
	scsi_free_scsi_task(task);
	io_count++;
	if (!stopping && !failed)
		submit(s);
}

static void submit(struct slot *s)
{
	do
		s->io = sequential ? next_io++ % span_ios : next_random() % span_ios;
	while (writing && busy[s->io]);
	uint64_t lba = s->io * (io_bytes / SECTOR);
	struct scsi_task *task = writing ? scsi_cdb_write10(lba, io_bytes, SECTOR, 0, 0, 0, 0, 0)
					 : scsi_cdb_read10(lba, io_bytes, SECTOR, 0, 0, 0, 0, 0);
	s->iov.iov_base = s->data;
	s->iov.iov_len = io_bytes;
	if (writing) {
		s->version = ++version;
		busy[s->io] = 1;
		put_pattern(s->data, lba, io_bytes, s->version);
		scsi_task_set_iov_out(task, &s->iov, 1);
	} else
		scsi_task_set_iov_in(task, &s->iov, 1);
	if (iscsi_scsi_command_async(s->iscsi, lun, task, done, NULL, s) != 0) {
		fprintf(stderr, "submit: %s\n", iscsi_get_error(s->iscsi));
		exit(1);
	}
	in_flight++;
}

static void serve(struct iscsi_context **all, struct pollfd *p, int sessions, int wait_ms)
{
	for (int i = 0; i < sessions; i++) {
		p[i].fd = iscsi_get_fd(all[i]);
		p[i].events = iscsi_which_events(all[i]);
		p[i].revents = 0;
	}
	if (poll(p, sessions, wait_ms) < 0)
		return;
	for (int i = 0; i < sessions; i++) {
		if (p[i].revents && iscsi_service(all[i], p[i].revents) < 0) {
			fprintf(stderr, "service: %s\n", iscsi_get_error(all[i]));
			exit(1);
		}
	}
}

static int fill(const char *file, uint64_t span)
{
	static unsigned char data[1 << 20];
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (uint64_t at = 0; at < span; at += sizeof(data)) {
		put_pattern(data, at / SECTOR, sizeof(data), 0);
		if (fd < 0 || write(fd, data, sizeof(data)) != sizeof(data)) {
			perror(file);
			return 1;
		}
	}
	return close(fd) != 0;
}

static struct iscsi_context *login(const char *where, int number)
{
	char name[80];
	snprintf(name, sizeof(name), "iqn.2026-11.app.bootlace:client.bench-%d", number);
	struct iscsi_context *c = iscsi_create_context(name);
	struct iscsi_url *url = iscsi_parse_full_url(c, where);
	if (!url) {
		fprintf(stderr, "url: %s\n", iscsi_get_error(c));
		exit(1);
	}
	iscsi_set_isid_random(c, number, number);
	iscsi_set_targetname(c, url->target);
	iscsi_set_session_type(c, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(c, ISCSI_HEADER_DIGEST_NONE);
	lun = url->lun;
	if (iscsi_full_connect_sync(c, url->portal, lun) != 0) {
		fprintf(stderr, "connect: %s\n", iscsi_get_error(c));
		exit(1);
	}
	iscsi_destroy_url(url);
	return c;
}

/* Reads every written place again, outside of the timed part. */
static void read_back(struct iscsi_context **all, struct pollfd *p, struct slot *slots, int count, int sessions)
{
	writing = 0;
	sequential = 1;
	for (uint64_t io = 0; io < span_ios && !failed;) {
		/* `done` submits nothing while `stopping` is set: places are handed out here. */
		for (int used = 0; used < count && io < span_ios; io++) {
			if (acknowledged[io] == 0)
				continue;
			next_io = io;
			submit(&slots[used++]);
		}
		while (!failed && in_flight > 0)
			serve(all, p, sessions, 1000);
	}
}

int main(int argc, char **argv)
{
	for (int i = 0; i < WORDS; i++)
		step[i] = i * K1;
	if (argc == 4 && strcmp(argv[1], "fill") == 0)
		return fill(argv[2], strtoull(argv[3], NULL, 0));
	if (argc != 10) {
		fprintf(stderr, "usage: load read|write|idle URL SERVER_PID BLOCK_BYTES QUEUE_DEPTH SECONDS random|sequential SPAN_BYTES SESSIONS\n"
				"       load fill FILE SPAN_BYTES\n");
		return 64;
	}
	pid_t server = atoi(argv[3]);
	io_bytes = strtoul(argv[4], NULL, 0);
	int depth = atoi(argv[5]), sessions = atoi(argv[9]), idle = strcmp(argv[1], "idle") == 0;
	double seconds = atof(argv[6]);
	writing = strcmp(argv[1], "write") == 0;
	sequential = strcmp(argv[7], "sequential") == 0;
	span_ios = strtoull(argv[8], NULL, 0) / io_bytes;
	if (writing) {
		acknowledged = calloc(span_ios, sizeof(*acknowledged));
		busy = calloc(span_ios, 1);
		/* Above all versions of earlier runs. */
		version = (uint64_t)time(NULL) << 24;
	}

	struct iscsi_context **all = calloc(sessions, sizeof(*all));
	struct pollfd *p = calloc(sessions, sizeof(*p));
	for (int i = 0; i < sessions; i++)
		all[i] = login(argv[2], i + 1);
	int count = depth * sessions;
	struct slot *slots = calloc(count, sizeof(*slots));
	for (int i = 0; i < count; i++) {
		slots[i].iscsi = all[i % sessions];
		slots[i].data = aligned_alloc(4096, (io_bytes + 4095) & ~4095u);
		memset(slots[i].data, 0, io_bytes);
	}
	double start = now(), end = start + seconds, cpu = cpu_of(server), sampled = 0, peak = 0;
	for (int i = 0; i < count && !idle; i++)
		submit(&slots[i]);
	for (double t = start; !failed && t < end; t = now()) {
		serve(all, p, sessions, 100);
		if (t - sampled > 0.1) {
			double mib = resident_mib(server);
			if (mib > peak)
				peak = mib;
			sampled = t;
		}
	}
	double took = now() - start;
	cpu = cpu_of(server) - cpu;
	uint64_t counted = io_count;
	stopping = 1;
	while (!failed && in_flight > 0)
		serve(all, p, sessions, 1000);
	if (writing)
		read_back(all, p, slots, count, sessions);
	for (int i = 0; i < sessions; i++) {
		iscsi_logout_sync(all[i]);
		iscsi_destroy_context(all[i]);
	}
	printf("{\"ios\":%llu,\"seconds\":%.4f,\"iops\":%.1f,\"mbps\":%.2f,\"cpuSeconds\":%.6f,\"residentMib\":%.1f}\n",
	       (unsigned long long)counted, took, counted / took, counted / took * io_bytes / 1e6, cpu, peak);
	return failed;
}
