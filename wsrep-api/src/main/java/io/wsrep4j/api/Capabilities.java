package io.wsrep4j.api;

/** Bits of {@link Provider#capabilities()} and {@link View#capabilities()} (docs/spec/wsrep-api-v26.md 3.2). */
public final class Capabilities {

    public static final int MULTI_MASTER = 0x1;
    public static final int CERTIFICATION = 0x2;
    public static final int PARALLEL_APPLYING = 0x4;
    public static final int TRX_REPLAY = 0x8;
    public static final int ISOLATION = 0x10;
    public static final int PAUSE = 0x20;
    public static final int CAUSAL_READS = 0x40;
    public static final int CAUSAL_TRX = 0x80;
    public static final int INCREMENTAL_WRITESET = 0x100;
    public static final int SESSION_LOCKS = 0x200;
    public static final int DISTRIBUTED_LOCKS = 0x400;
    public static final int CONSISTENCY_CHECK = 0x800;
    public static final int UNORDERED = 0x1000;
    public static final int ANNOTATION = 0x2000;
    public static final int PREORDERED = 0x4000;
    public static final int STREAMING = 0x8000;
    public static final int SNAPSHOT = 0x10000;
    public static final int NBO = 0x20000;

    private Capabilities() {}
}
