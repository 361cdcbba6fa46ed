package io.wsrep4j.jna;

import com.sun.jna.Pointer;
import io.wsrep4j.api.StatusVariable;
import java.util.ArrayList;
import java.util.List;

/** An array of {@code wsrep_stats_var} and its texts, in one block of the C library's memory (docs/spec/wsrep-api-v26.md 2.3 and 3.3). */
final class StatusImage {

    private static final int VARIABLE_BYTES = 24;
    private static final int TYPE = 8;
    private static final int VALUE = 16;
    private static final int STRING = 0;
    private static final int INT64 = 1;
    private static final int DOUBLE = 2;

    private StatusImage() {}

    /** Writes a block that the caller of the provider gives back to stats_free. */
    static long allocate(List<StatusVariable> variables) {
        long array = (variables.size() + 1L) * VARIABLE_BYTES;
        long size = array;
        List<byte[]> texts = new ArrayList<>();
        for (StatusVariable variable : variables) {
            texts.add(NativeMemory.terminated(variable.name()));
            if (variable instanceof StatusVariable.Text text) {
                texts.add(NativeMemory.terminated(text.value()));
            }
        }
        for (byte[] text : texts) {
            size += text.length;
        }
        long block = Trampolines.allocate(size);
        if (block == 0) {
            throw new OutOfMemoryError("no native memory for " + size + " bytes of status");
        }
        fill(new Pointer(block), array, variables, texts);
        return block;
    }

    private static void fill(Pointer block, long array, List<StatusVariable> variables, List<byte[]> texts) {
        block.clear(array);
        long end = array;
        int next = 0;
        for (int i = 0; i < variables.size(); i++) {
            Pointer row = block.share((long) i * VARIABLE_BYTES);
            row.setPointer(0, block.share(end));
            end = write(block, end, texts.get(next++));
            if (variables.get(i) instanceof StatusVariable.Text) {
                row.setInt(TYPE, STRING);
                row.setPointer(VALUE, block.share(end));
                end = write(block, end, texts.get(next++));
            } else if (variables.get(i) instanceof StatusVariable.Int64 number) {
                row.setInt(TYPE, INT64);
                row.setLong(VALUE, number.value());
            } else if (variables.get(i) instanceof StatusVariable.Real number) {
                row.setInt(TYPE, DOUBLE);
                row.setDouble(VALUE, number.value());
            }
        }
    }

    private static long write(Pointer block, long at, byte[] text) {
        block.write(at, text, 0, text.length);
        return at + text.length;
    }

    /** Copies an array out of memory. */
    static List<StatusVariable> read(Pointer array) {
        List<StatusVariable> variables = new ArrayList<>();
        if (array == null) {
            return variables;
        }
        for (Pointer row = array; row.getPointer(0) != null; row = row.share(VARIABLE_BYTES)) {
            String name = row.getPointer(0).getString(0);
            variables.add(
                    switch (row.getInt(TYPE)) {
                        case STRING -> new StatusVariable.Text(name, NativeMemory.text(row.getLong(VALUE)));
                        case INT64 -> new StatusVariable.Int64(name, row.getLong(VALUE));
                        case DOUBLE -> new StatusVariable.Real(name, row.getDouble(VALUE));
                        default ->
                            throw new IllegalStateException("status variable '" + name + "' has type "
                                    + row.getInt(TYPE) + "; allowed: 0 to 2");
                    });
        }
        return variables;
    }
}
