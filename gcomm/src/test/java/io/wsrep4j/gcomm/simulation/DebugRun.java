package io.wsrep4j.gcomm.simulation;

import io.netty.buffer.Unpooled;
import io.wsrep4j.gcomm.evs.EvsWire;

final class DebugRun {
    public static void main(String[] a) {
        long seed = Long.parseLong(a[0]);
        double from = Double.parseDouble(a[1]);
        double to = Double.parseDouble(a[2]);
        FaultSchedule f = new FaultSchedule(seed, UpperLayer.NONE);
        SimulatedCluster c = f.cluster();
        c.tracer((n, v) -> {
            double t = c.time().now() / 1e9;
            if (t >= from && t <= to) System.out.printf("%9.4f %d VIEW %s%n", t, n.number(), v);
        });
        c.watch((n, s, m, all) -> {
            double t = c.time().now() / 1e9;
            if (t >= from && t <= to) {
                if (a.length > 3) {
                    EvsWire w = EvsWire.read(s, Unpooled.wrappedBuffer(m));
                    if (a[3].contains(w.type()))
                        System.out.printf(
                                "%9.4f %d %s %s %s%n",
                                t,
                                n,
                                c.node(n).core().state(),
                                w.describe(u -> "" + c.numberOf(u)),
                                w.type().equals("JOIN") || w.type().equals("INSTALL")
                                        ? io.wsrep4j.gcomm.evs.EvsText.join(s, m)
                                        : "");
                } else
                    System.out.printf(
                            "%9.4f %d %s %s%n",
                            t,
                            n,
                            c.node(n).core().state(),
                            EvsWire.read(s, Unpooled.wrappedBuffer(m)).describe(u -> "" + c.numberOf(u)));
            }
        });
        try {
            f.run();
            System.out.println("ok");
        } catch (AssertionError e) {
            System.out.println(e.getMessage());
            System.out.println(e.getCause());
        }
        System.exit(0);
    }
}
