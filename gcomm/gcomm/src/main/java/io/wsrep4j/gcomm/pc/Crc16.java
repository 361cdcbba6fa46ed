package io.wsrep4j.gcomm.pc;

/** CRC-16/ARC: reflected polynomial 0x8005, initial value 0, no final xor (docs/spec/gcomm-transport-pc.md 11.1). */
final class Crc16 {

    private static final int REFLECTED_POLYNOMIAL = 0xA001;
    private static final char[] TABLE = table();

    private Crc16() {}

    private static char[] table() {
        char[] table = new char[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ REFLECTED_POLYNOMIAL : crc >>> 1;
            }
            table[i] = (char) crc;
        }
        return table;
    }

    /** Continues a checksum with one byte. */
    static int update(int crc, int value) {
        return crc >>> 8 ^ TABLE[(crc ^ value) & 0xFF];
    }

    /** Continues a checksum with a number's four bytes, lowest first. */
    static int updateInt(int crc, int value) {
        int result = crc;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            result = update(result, value >>> shift);
        }
        return result;
    }
}
