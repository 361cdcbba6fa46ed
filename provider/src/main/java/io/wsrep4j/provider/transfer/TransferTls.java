package io.wsrep4j.provider.transfer;

import io.netty.handler.ssl.SslContext;
import io.wsrep4j.gcomm.netty.TlsContexts;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.provider.options.ProviderOptions;
import java.util.Optional;

/**
 * Whether an incremental transfer is encrypted, and with what (docs/spec/replicator-state-transfer.md 20.5). Immutable; made anew for each transfer,
 * so that reloaded certificates count.
 */
record TransferTls(Optional<TlsContexts> contexts, boolean dynamic) {

    static TransferTls of(ProviderOptions options) throws TransportException {
        return new TransferTls(TlsContexts.of(options.snapshot()), options.flag("socket.dynamic"));
    }

    /**
     * For a joiner's listener: what an address without a scheme means depends on whether the group is encrypted.
     *
     * @return null for none
     */
    SslContext ofListener(String scheme) {
        if (scheme.equals("tcp") || scheme.isEmpty() && (contexts.isEmpty() || dynamic)) {
            return null;
        }
        return contexts.map(TlsContexts::server)
                .orElseThrow(() -> new IllegalArgumentException(
                        "ist.recv_addr asks for TLS, but socket.ssl_key and socket.ssl_cert are not set"));
    }

    /** For a donor, who follows the scheme that the joiner gives. */
    SslContext ofSender() {
        return contexts.map(TlsContexts::client).orElse(null);
    }
}
