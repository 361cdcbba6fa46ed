package io.wsrep4j.gcomm.simulation;

final class DebugSeeds {
    public static void main(String[] a) {
        long first = Long.parseLong(a[0]), last = Long.parseLong(a[1]);
        int bad = 0;
        long t0 = System.nanoTime();
        for (long s = first; s <= last && bad < 12; s++) {
            FaultSchedule f = new FaultSchedule(s, UpperLayer.NONE);
            try {
                f.run();
            } catch (AssertionError e) {
                bad++;
                Throwable r = e.getCause();
                while (r.getCause() != null) r = r.getCause();
                String m = String.valueOf(r);
                System.out.println("SEED " + s + " " + m.substring(0, Math.min(600, m.length())) + " @ "
                        + r.getStackTrace()[0] + " < " + r.getStackTrace()[1] + " < " + r.getStackTrace()[2]);
            }
        }
        System.out.println("done " + bad + " bad, " + (System.nanoTime() - t0) / 1e9 + " s");
        System.exit(0);
    }
}
