/* Sends raw CDBs with libiscsi, a client that is not ours.
 * scsi-client URL INITIATOR (in HEX LENGTH | out HEX HEX | none HEX)...   one JSON line a command
 * scsi-client URL INITIATOR read BLOCKSIZE BLOCKS                         the blocks, on stdout */
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unhex(const char *text, unsigned char *to) {
  int n = (int)strlen(text) / 2;
  for (int i = 0; i < n; i++) sscanf(text + 2 * i, "%2hhx", to + i);
  return n;
}

static int fail(struct iscsi_context *c, const char *what) {
  fprintf(stderr, "%s: %s\n", what, iscsi_get_error(c));
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 4) return 64;
  struct iscsi_context *c = iscsi_create_context(argv[2]);
  struct iscsi_url *url = iscsi_parse_full_url(c, argv[1]);
  if (!url) return fail(c, "url");
  iscsi_set_session_type(c, ISCSI_SESSION_NORMAL);
  iscsi_set_isid_random(c, 0x123456, 0);
  if (iscsi_full_connect_sync(c, url->portal, url->lun) != 0) return fail(c, "login");
  if (strcmp(argv[3], "read") == 0) {
    uint32_t size = (uint32_t)atoi(argv[4]), blocks = (uint32_t)atoi(argv[5]);
    for (uint32_t lba = 0, now; lba < blocks; lba += now) {
      now = blocks - lba < 200 ? blocks - lba : 200;
      struct scsi_task *t = iscsi_read10_sync(c, url->lun, lba, now * size, (int)size, 0, 0, 0, 0, 0);
      if (!t || t->status != SCSI_STATUS_GOOD || t->datain.size != (int)(now * size)) return fail(c, "read");
      fwrite(t->datain.data, 1, (size_t)t->datain.size, stdout);
      scsi_free_scsi_task(t);
    }
  } else {
    for (int i = 3; i + 1 < argc; i++) {
      unsigned char cdb[16] = {0}, bytes[65536];
      const char *kind = argv[i];
      int length = unhex(argv[++i], cdb), size = 0;
      struct iscsi_data data = {.data = bytes};
      if (strcmp(kind, "in") == 0) size = atoi(argv[++i]);
      if (strcmp(kind, "out") == 0) size = unhex(argv[++i], bytes);
      data.size = (size_t)size;
      int direction = size == 0 ? SCSI_XFER_NONE : strcmp(kind, "in") == 0 ? SCSI_XFER_READ : SCSI_XFER_WRITE;
      struct scsi_task *t = scsi_create_task(length, cdb, direction, size);
      if (!iscsi_scsi_command_sync(c, url->lun, t, direction == SCSI_XFER_WRITE ? &data : NULL)) return fail(c, "command");
      printf("{\"status\":%d,\"key\":%d,\"asc\":%d,\"data\":\"", t->status, t->sense.key, t->sense.ascq);
      for (int k = 0; k < t->datain.size; k++) printf("%02x", t->datain.data[k]);
      printf("\"}\n");
      scsi_free_scsi_task(t);
    }
  }
  iscsi_logout_sync(c);
  iscsi_destroy_url(url);
  iscsi_destroy_context(c);
  return 0;
}
