/* The hashes of write sets in plain C, for comparison only: MurmurHash3 (public domain algorithm by Austin Appleby) with Galera's seeds,
 * written from docs/spec/writeset-certification.md 3. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t rotl64(uint64_t x, int r) { return x << r | x >> (64 - r); }
static inline uint32_t rotl32(uint32_t x, int r) { return x << r | x >> (32 - r); }

static inline uint64_t avalanche(uint64_t k)
{
    k ^= k >> 33;
    k *= UINT64_C(0xFF51AFD7ED558CCD);
    k ^= k >> 33;
    k *= UINT64_C(0xC4CEB9FE1A85EC53);
    return k ^ k >> 33;
}

static uint64_t mmh128_once(const uint8_t *in, size_t length)
{
    const uint64_t c1 = UINT64_C(0x87C37B91114253D5), c2 = UINT64_C(0x4CF5AD432745937F);
    uint64_t h1 = UINT64_C(0x6C62272E07BB0142), h2 = UINT64_C(0x62B821756295C58D);
    const uint8_t *end = in + (length & ~(size_t)15);
    for (; in < end; in += 16) {
        uint64_t k1, k2;
        memcpy(&k1, in, 8);
        memcpy(&k2, in + 8, 8);
        h1 ^= rotl64(k1 * c1, 31) * c2;
        h1 = (rotl64(h1, 27) + h2) * 5 + 0x52DCE729;
        h2 ^= rotl64(k2 * c2, 33) * c1;
        h2 = (rotl64(h2, 31) + h1) * 5 + 0x38495AB5;
    }
    uint64_t tail[2] = {0, 0};
    memcpy(tail, in, length & 15);
    if ((length & 15) > 8) h2 ^= rotl64(tail[1] * c2, 33) * c1;
    if (length & 15) h1 ^= rotl64(tail[0] * c1, 31) * c2;
    h1 ^= length;
    h2 ^= length;
    h1 += h2;
    h2 += h1;
    h1 = avalanche(h1);
    h2 = avalanche(h2);
    return h1 + h2;
}

static uint32_t mmh32_once(const uint8_t *in, size_t length)
{
    uint32_t h = 0x811C9DC5;
    for (size_t i = 0; i + 4 <= length; i += 4) {
        uint32_t k;
        memcpy(&k, in + i, 4);
        h ^= rotl32(k * 0xCC9E2D51, 15) * 0x1B873593;
        h = rotl32(h, 13) * 5 + 0xE6546B64;
    }
    if (length & 3) {
        uint32_t k = 0;
        memcpy(&k, in + (length & ~(size_t)3), length & 3);
        h ^= rotl32(k * 0xCC9E2D51, 15) * 0x1B873593;
    }
    h ^= (uint32_t)length;
    h ^= h >> 16;
    h *= 0x85EBCA6B;
    h ^= h >> 13;
    h *= 0xC2B2AE35;
    return h ^ h >> 16;
}

/* Every pass depends on the one before, so that the compiler computes them all. */
int64_t mmh128(uint8_t *in, int64_t length, int rounds)
{
    uint64_t h = 0;
    for (int i = 0; i < rounds; i++) {
        h = mmh128_once(in, (size_t)length);
        in[0] = (uint8_t)h;
    }
    return (int64_t)h;
}

int32_t mmh32(uint8_t *in, int64_t length, int rounds)
{
    uint32_t h = 0;
    for (int i = 0; i < rounds; i++) {
        h = mmh32_once(in, (size_t)length);
        in[0] = (uint8_t)h;
    }
    return (int32_t)h;
}
