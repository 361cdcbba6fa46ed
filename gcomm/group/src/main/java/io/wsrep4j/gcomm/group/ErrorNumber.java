package io.wsrep4j.gcomm.group;

import java.util.Map;

/** Names Linux error numbers as the C library does, for log lines that operators and their monitoring know from Galera. */
final class ErrorNumber {

    private static final Map<Long, String> NAMES = Map.ofEntries(
            Map.entry(1L, "Operation not permitted"),
            Map.entry(2L, "No such file or directory"),
            Map.entry(5L, "Input/output error"),
            Map.entry(11L, "Resource temporarily unavailable"),
            Map.entry(12L, "Cannot allocate memory"),
            Map.entry(13L, "Permission denied"),
            Map.entry(22L, "Invalid argument"),
            Map.entry(28L, "No space left on device"),
            Map.entry(32L, "Broken pipe"),
            Map.entry(42L, "No message of desired type"),
            Map.entry(71L, "Protocol error"),
            Map.entry(95L, "Operation not supported"),
            Map.entry(104L, "Connection reset by peer"),
            Map.entry(107L, "Transport endpoint is not connected"),
            Map.entry(110L, "Connection timed out"),
            Map.entry(111L, "Connection refused"),
            Map.entry(112L, "Host is down"),
            Map.entry(113L, "No route to host"),
            Map.entry(125L, "Operation canceled"),
            Map.entry(131L, "State not recoverable"));

    private ErrorNumber() {}

    /** @param code an error number, positive or, as on the wire, negative */
    static String describe(long code) {
        long number = Math.abs(code);
        return NAMES.getOrDefault(number, "Unknown error " + number);
    }
}
