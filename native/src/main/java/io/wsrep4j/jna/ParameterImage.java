package io.wsrep4j.jna;

import com.sun.jna.Pointer;
import io.wsrep4j.api.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code wsrep_parameter_t} and its texts (docs/spec/wsrep-api-v26.md 1.3). */
final class ParameterImage {

    private static final int BYTES = 24;
    private static final int NAME = 8;
    private static final int VALUE = 16;

    private static final int DEPRECATED = 1;
    private static final int READ_ONLY = 2;
    private static final int BOOL = 4;
    private static final int INTEGER = 8;
    private static final int DOUBLE = 16;

    private ParameterImage() {}

    /** Writes rows, which one without a name ends, and their texts, into one block of the C library's memory. */
    static long allocate(List<Parameter> parameters) {
        List<byte[]> texts = new ArrayList<>();
        long rows = (parameters.size() + 1L) * BYTES;
        long size = rows;
        for (Parameter parameter : parameters) {
            texts.add(NativeMemory.terminated(parameter.name()));
            texts.add(
                    parameter.value() instanceof Parameter.Text text
                            ? NativeMemory.terminated(text.text())
                            : new byte[0]);
        }
        for (byte[] text : texts) {
            size += text.length;
        }
        long block = Trampolines.allocate(size);
        if (block == 0) {
            throw new OutOfMemoryError("no native memory for " + size + " bytes of parameters");
        }
        Pointer at = new Pointer(block);
        at.clear(rows);
        long end = rows;
        for (int i = 0; i < parameters.size(); i++) {
            Pointer row = at.share((long) i * BYTES);
            byte[] name = texts.get(2 * i);
            byte[] text = texts.get(2 * i + 1);
            at.write(end, name, 0, name.length);
            at.write(end + name.length, text, 0, text.length);
            row.setPointer(NAME, at.share(end));
            write(row, parameters.get(i), at.share(end + name.length));
            end += name.length + text.length;
        }
        return block;
    }

    private static void write(Pointer row, Parameter parameter, Pointer text) {
        int flags = (parameter.deprecated() ? DEPRECATED : 0) | (parameter.readOnly() ? READ_ONLY : 0);
        Parameter.Value value = parameter.value();
        if (value instanceof Parameter.Switch toggle) {
            flags |= BOOL;
            row.setByte(VALUE, (byte) (toggle.on() ? 1 : 0));
        } else if (value instanceof Parameter.Int64 integer) {
            flags |= INTEGER;
            row.setLong(VALUE, integer.number());
        } else if (value instanceof Parameter.Real real) {
            flags |= DOUBLE;
            row.setDouble(VALUE, real.number());
        } else {
            row.setPointer(VALUE, text);
        }
        row.setInt(0, flags);
    }

    /**
     * Copies one row out of memory.
     *
     * @throws IllegalArgumentException if it has several types
     */
    static Parameter read(Pointer row) {
        int flags = row.getInt(0);
        String name = row.getPointer(NAME).getString(0, StandardCharsets.UTF_8.name());
        return new Parameter(name, value(row, name, flags), (flags & DEPRECATED) != 0, (flags & READ_ONLY) != 0);
    }

    private static Parameter.Value value(Pointer row, String name, int flags) {
        return switch (flags & ~(DEPRECATED | READ_ONLY)) {
            case 0 -> new Parameter.Text(NativeMemory.text(row.getLong(VALUE)));
            case BOOL -> new Parameter.Switch(row.getByte(VALUE) != 0);
            case INTEGER -> new Parameter.Int64(row.getLong(VALUE));
            case DOUBLE -> new Parameter.Real(row.getDouble(VALUE));
            default ->
                throw new IllegalArgumentException("parameter '" + name + "' has flags " + flags
                        + "; allowed: 1 deprecated, 2 read-only, and one of 4 bool, 8 integer, 16 double");
        };
    }
}
