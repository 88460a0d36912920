/* Loads one LUN through libiscsi and prints one JSON line.
 * Usage: load URL read|write BLOCK_BYTES QUEUE_DEPTH SECONDS random|sequential SPAN_BYTES
 * Build: gcc -O2 -o load load.c -liscsi */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

static struct iscsi_context *iscsi;
static int lun, writing, sequential, in_flight, stopping, failed;
static uint32_t io_blocks;
static uint64_t io_count, span_ios, next_io, seed = 88172645463325252ULL;

struct slot {
	unsigned char *data;
	struct scsi_iovec iov;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void submit(struct slot *s);

static void done(struct iscsi_context *c, int status, void *command_data, void *private_data)
{
	struct scsi_task *task = command_data;
	(void)c;
	in_flight--;
	if (status != SCSI_STATUS_GOOD) {
		fprintf(stderr, "status %d: %s\n", status, iscsi_get_error(iscsi));
		failed = 1;
	}
	scsi_free_scsi_task(task);
	io_count++;
	if (!stopping && !failed)
		submit(private_data);
}

static void submit(struct slot *s)
{
	uint64_t io = sequential ? next_io++ % span_ios : next_random() % span_ios;
	uint64_t lba = io * io_blocks;
	uint32_t bytes = io_blocks * 512;
	struct scsi_task *task = writing ? scsi_cdb_write10(lba, bytes, 512, 0, 0, 0, 0, 0)
					 : scsi_cdb_read10(lba, bytes, 512, 0, 0, 0, 0, 0);
	s->iov.iov_base = s->data;
	s->iov.iov_len = bytes;
	if (writing)
		scsi_task_set_iov_out(task, &s->iov, 1);
	else
		scsi_task_set_iov_in(task, &s->iov, 1);
	if (iscsi_scsi_command_async(iscsi, lun, task, done, NULL, s) != 0) {
		fprintf(stderr, "submit: %s\n", iscsi_get_error(iscsi));
		exit(1);
	}
	in_flight++;
}

static void serve(void)
{
	struct pollfd p = { .fd = iscsi_get_fd(iscsi), .events = iscsi_which_events(iscsi) };
	if (poll(&p, 1, 1000) < 0 || iscsi_service(iscsi, p.revents) < 0) {
		fprintf(stderr, "service: %s\n", iscsi_get_error(iscsi));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 8) {
		fprintf(stderr, "usage: load URL read|write BLOCK_BYTES QUEUE_DEPTH SECONDS random|sequential SPAN_BYTES\n");
		return 64;
	}
	uint32_t bytes = strtoul(argv[3], NULL, 0);
	int depth = atoi(argv[4]);
	double seconds = atof(argv[5]);
	writing = strcmp(argv[2], "write") == 0;
	sequential = strcmp(argv[6], "sequential") == 0;
	io_blocks = bytes / 512;
	span_ios = strtoull(argv[7], NULL, 0) / bytes;

	iscsi = iscsi_create_context("iqn.2026-11.app.bootlace:client.bench");
	struct iscsi_url *url = iscsi_parse_full_url(iscsi, argv[1]);
	if (!url) {
		fprintf(stderr, "url: %s\n", iscsi_get_error(iscsi));
		return 1;
	}
	iscsi_set_targetname(iscsi, url->target);
	iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(iscsi, ISCSI_HEADER_DIGEST_NONE);
	lun = url->lun;
	if (iscsi_full_connect_sync(iscsi, url->portal, lun) != 0) {
		fprintf(stderr, "connect: %s\n", iscsi_get_error(iscsi));
		return 1;
	}
	struct slot *slots = calloc(depth, sizeof(*slots));
	for (int i = 0; i < depth; i++) {
		slots[i].data = malloc(bytes);
		memset(slots[i].data, 0x5a + i, bytes);
	}
	double start = now(), end = start + seconds;
	for (int i = 0; i < depth; i++)
		submit(&slots[i]);
	while (!failed && now() < end)
		serve();
	double took = now() - start;
	uint64_t counted = io_count;
	stopping = 1;
	while (!failed && in_flight > 0)
		serve();
	iscsi_logout_sync(iscsi);
	iscsi_destroy_context(iscsi);
	printf("{\"ios\":%llu,\"seconds\":%.4f,\"iops\":%.1f,\"mbps\":%.2f}\n", (unsigned long long)counted, took,
	       counted / took, counted / took * bytes / 1e6);
	return failed;
}
