package dev.septet.examples.attacks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Sends hostile inputs of one kind through their entry, one after the other. An input that is
 * neither accepted nor refused with a proper message is a finding, which is recorded with the
 * input.
 *
 * @param findings folder for findings
 * @param scratch folder for the inputs
 */
record Fuzzing(AttackTarget target, long seed, Path findings, Path scratch) {
    /**
     * System property of the child processes that open files first; with it, no further child
     * process is started.
     */
    private static final String INSIDE = "septet.probe";

    /** Of this number of inputs, one goes through the sandbox even if it harms no process. */
    private static final int SAMPLE = 25;

    /** Receives the results so far before each input. */
    @FunctionalInterface
    interface Listener {
        /**
         * @param guarded whether the next input goes through the sandbox, so that it must not be
         *     able to end this process
         */
        void told(AttackTally tally, boolean guarded);
    }

    /**
     * Continues from a tally. The first input and a sample of the others go through the sandbox.
     * The rest are opened in this process as if inside the sandbox, which is faster. Such an input
     * may end this process; the next process then begins with that input, in the sandbox.
     *
     * @param more receives the tally so far and returns whether to continue
     */
    AttackTally run(AttackTally from, Predicate<AttackTally> more, Listener listener) throws IOException {
        AttackTally tally = from;
        while (more.test(tally)) {
            boolean guarded = !target.sandboxed() || tally.next() == from.next() || tally.next() % SAMPLE == 0;
            listener.told(tally, guarded);
            tally = one(tally, guarded);
        }
        listener.told(tally, true);
        return tally;
    }

    /** Opens a number of inputs, all in this process as if inside the sandbox. */
    AttackTally inside(int inputs) throws IOException {
        AttackTally tally = AttackTally.NONE;
        while (tally.next() < inputs) {
            tally = one(tally, false);
        }
        return tally;
    }

    /** The input of this index, the same in every run with this seed. */
    Input input(long index) {
        return target.input(new Mutator(seed, target.name(), index));
    }

    private AttackTally one(AttackTally tally, boolean guarded) throws IOException {
        Input input = input(tally.next());
        Path folder = scratch.resolve(target.name());
        SeedCorpus.remove(folder);
        Files.createDirectories(folder);
        long start = System.nanoTime();
        boolean accepted;
        if (!guarded) {
            System.setProperty(INSIDE, scratch.resolve("started").toString());
        }
        try {
            accepted = target.open(input, folder);
        } catch (Exception undeclared) {
            report(tally.next(), input, trace(undeclared));
            return tally.found(since(start));
        } catch (VirtualMachineError harm) {
            if (!guarded && target.sandboxed()) {
                throw harm; // the sandbox exists to contain this
            }
            report(tally.next(), input, trace(harm));
            return tally.found(since(start));
        } catch (Error undeclared) {
            report(tally.next(), input, trace(undeclared));
            return tally.found(since(start));
        } finally {
            System.clearProperty(INSIDE);
            SeedCorpus.remove(folder);
        }
        long milliseconds = since(start);
        if (milliseconds > target.bound().toMillis()) {
            report(tally.next(), input, String.format(Locale.ROOT, "took %d ms", milliseconds));
            return tally.found(milliseconds);
        }
        return accepted ? tally.accepted(milliseconds) : tally.refused(milliseconds);
    }

    /** Records a finding: the input, and beside it a description. */
    void report(long index, Input input, String what) throws IOException {
        Files.createDirectories(findings);
        String name = String.format(Locale.ROOT, "%s-%d-%d", target.name(), seed, index);
        Files.write(findings.resolve(name + "-" + input.name()), input.bytes());
        Files.writeString(findings.resolve(name + ".finding"), what + "\n", StandardCharsets.UTF_8);
    }

    private static long since(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static String trace(Throwable problem) {
        StringWriter text = new StringWriter();
        problem.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
