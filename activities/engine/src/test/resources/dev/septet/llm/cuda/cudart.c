// What DJL calls of the CUDA runtime, for the emulated card of card.cpp: one card of compute capability 9.0 with 8 GiB,
// 6 GiB of them free.
int cudaGetDeviceCount(int *count) { *count = 1; return 0; }
int cudaRuntimeGetVersion(int *version) { *version = 12060; return 0; }
int cudaDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? 9 : 0; return 0; }
int cudaMemGetInfo(long *free, long *total) { *free = 6L << 30; *total = 8L << 30; return 0; }
int cudaSetDevice(int device) { return device; }
int cudaGetDevice(int *device) { *device = 0; return 0; }
const char *cudaGetErrorString(int error) { return error ? "error" : "no error"; }
