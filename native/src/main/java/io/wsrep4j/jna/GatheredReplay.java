package io.wsrep4j.jna;

import io.wsrep4j.api.DataType;
import io.wsrep4j.api.GatheredWriteSet;
import io.wsrep4j.api.Key;
import io.wsrep4j.api.KeyType;
import io.wsrep4j.api.Provider;
import io.wsrep4j.api.Status;
import io.wsrep4j.api.WriteSetHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Appends a gathered write set piece by piece, for providers that know only the single appends. */
final class GatheredReplay {

    private GatheredReplay() {}

    static Status append(Provider provider, WriteSetHandle handle, GatheredWriteSet gathered) {
        ByteBuffer keys = gathered.keys().duplicate().order(ByteOrder.nativeOrder());
        Status status = Status.OK;
        for (int i = 0; i < gathered.keyCount() && status == Status.OK; i++) {
            KeyType type = KeyType.values()[keys.get()];
            List<ByteBuffer> parts = pieces(keys, Byte.toUnsignedInt(keys.get()));
            status = provider.appendKey(handle, parts.isEmpty() ? List.of() : List.of(new Key(parts)), type, true);
        }
        if (status == Status.OK && gathered.ordered().hasRemaining()) {
            status = provider.appendData(handle, List.of(gathered.ordered()), DataType.ORDERED, true);
        }
        ByteBuffer unordered = gathered.unordered().duplicate().order(ByteOrder.nativeOrder());
        while (status == Status.OK && unordered.hasRemaining()) {
            status = provider.appendData(handle, pieces(unordered, 1), DataType.UNORDERED, true);
        }
        if (status == Status.OK && gathered.annotation().hasRemaining()) {
            status = provider.appendData(handle, List.of(gathered.annotation()), DataType.ANNOTATION, true);
        }
        return status;
    }

    /** Reads so many counted pieces. */
    private static List<ByteBuffer> pieces(ByteBuffer from, int count) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = from.getInt();
            pieces.add(from.slice(from.position(), length));
            from.position(from.position() + length);
        }
        return pieces;
    }
}
