/*
 * Makes the nth call of the file system fail, below everything: preloaded into a process, it stands between libc and
 * whatever writes files there, SQLite and node's own threads alike. Only files below $FAIL_NTH_FOLDER count.
 *
 * Armed by opening the path `/fail-nth/<n>/<errno>/<sticky>`: the nth call from now, or with sticky 1 every call from the
 * nth on, fails with that errno and does nothing. Opening `/fail-nth/` disarms; that open fails with EEXIST when a call was
 * made to fail since it was armed, else with ENOENT.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int left, fired, watched[65536];
static int armed_errno, sticky;
static const char *folder;

__attribute__((constructor)) static void start(void) { folder = getenv("FAIL_NTH_FOLDER"); }

static int is_inside(const char *path) {
  return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_watched(int fd) { return fd >= 0 && fd < 65536 && atomic_load(&watched[fd]); }

/* Whether this call is the one. */
static int fails(int counts) {
  if (!counts || armed_errno == 0) return 0;
  int now = atomic_fetch_sub(&left, 1);
  if (now != 1 && !(sticky && now < 1)) return 0;
  atomic_store(&fired, 1);
  errno = armed_errno;
  return 1;
}

static int arm(const char *path) {
  int n = 0, code = 0, repeat = 0;
  int was_fired = atomic_exchange(&fired, 0);
  armed_errno = 0;
  if (sscanf(path, "/fail-nth/%d/%d/%d", &n, &code, &repeat) == 3) {
    atomic_store(&left, n);
    sticky = repeat;
    armed_errno = code;
  }
  errno = was_fired ? EEXIST : ENOENT;
  return -1;
}

static int note(int fd, const char *path) {
  if (fd >= 0 && fd < 65536) atomic_store(&watched[fd], is_inside(path));
  return fd;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define OPENS(name)                                                                        \
  int name(const char *path, int flags, ...) {                                            \
    va_list rest;                                                                          \
    va_start(rest, flags);                                                                 \
    int mode = va_arg(rest, int);                                                          \
    va_end(rest);                                                                          \
    if (strncmp(path, "/fail-nth/", 10) == 0) return arm(path);                            \
    if (fails(is_inside(path))) return -1;                                                 \
    return note(((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode), path); \
  }
OPENS(open)
OPENS(open64)

/* A closed number may come back as a socket. */
int close(int fd) {
  if (fd >= 0 && fd < 65536) atomic_store(&watched[fd], 0);
  return REAL(close)(fd);
}

#define ON_FD(type, name, declared, passed)                    \
  type name declared {                                         \
    if (fails(is_watched(fd))) return -1;                      \
    return REAL(name) passed;                                  \
  }
ON_FD(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))
ON_FD(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
ON_FD(ssize_t, pwrite64, (int fd, const void *from, size_t size, off64_t at), (fd, from, size, at))
ON_FD(ssize_t, writev, (int fd, const struct iovec *from, int count), (fd, from, count))
ON_FD(ssize_t, read, (int fd, void *to, size_t size), (fd, to, size))
ON_FD(ssize_t, pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
ON_FD(ssize_t, pread64, (int fd, void *to, size_t size, off64_t at), (fd, to, size, at))
ON_FD(int, fsync, (int fd), (fd))
ON_FD(int, fdatasync, (int fd), (fd))
ON_FD(int, ftruncate, (int fd, off_t size), (fd, size))
ON_FD(int, ftruncate64, (int fd, off64_t size), (fd, size))

#define ON_PATH(name, declared, passed)                        \
  int name declared {                                          \
    if (fails(is_inside(path))) return -1;                     \
    return REAL(name) passed;                                  \
  }
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(link, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
