package dev.septet.examples.attacks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Sends hostile inputs of one kind through its entry, one after the other. What is neither accepted
 * nor refused in plain words is a finding: it is written down with the input.
 *
 * @param findings folder for them
 * @param scratch folder for the inputs
 */
record Fuzzing(Target target, long seed, Path findings, Path scratch) {
    /** Set in child processes that open files first: then nothing starts another one. */
    private static final String INSIDE = "septet.probe";

    /** One input in so many goes through the sandbox although it would do no harm. */
    private static final int SAMPLE = 25;

    /** Told before each input what became of those before it. */
    @FunctionalInterface
    interface Listener {
        /**
         * @param guarded whether the next input goes through the sandbox: then nothing that it does
         *     may end this process
         */
        void told(Tally tally, boolean guarded);
    }

    /**
     * Goes on from a tally. The first input and a sample of the others go through the sandbox; the
     * rest are opened as inside of it, which is faster. What harms this process there ends it: the
     * next process begins with that input, in the sandbox.
     *
     * @param more told the tally so far; whether to go on
     */
    Tally run(Tally from, Predicate<Tally> more, Listener listener) throws IOException {
        Tally tally = from;
        while (more.test(tally)) {
            boolean guarded = !target.sandboxed() || tally.next() == from.next() || tally.next() % SAMPLE == 0;
            listener.told(tally, guarded);
            tally = one(tally, guarded);
        }
        listener.told(tally, true);
        return tally;
    }

    /** The same for a number of inputs, all of them as inside of the sandbox. */
    Tally inside(int inputs) throws IOException {
        Tally tally = Tally.NONE;
        while (tally.next() < inputs) {
            tally = one(tally, false);
        }
        return tally;
    }

    /** The input of an index: the same for every run of this seed. */
    Input input(long index) {
        return target.input(new Mutator(seed, target.name(), index));
    }

    private Tally one(Tally tally, boolean guarded) throws IOException {
        Input input = input(tally.next());
        Path folder = scratch.resolve(target.name());
        Corpus.remove(folder);
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
                throw harm; // what the sandbox is for
            }
            report(tally.next(), input, trace(harm));
            return tally.found(since(start));
        } catch (Error undeclared) {
            report(tally.next(), input, trace(undeclared));
            return tally.found(since(start));
        } finally {
            System.clearProperty(INSIDE);
            Corpus.remove(folder);
        }
        long milliseconds = since(start);
        if (milliseconds > target.bound().toMillis()) {
            report(tally.next(), input, "took %d ms".formatted(milliseconds));
            return tally.found(milliseconds);
        }
        return accepted ? tally.accepted(milliseconds) : tally.refused(milliseconds);
    }

    /** Writes a finding down: the input, and beside it what happened. */
    void report(long index, Input input, String what) throws IOException {
        Files.createDirectories(findings);
        String name = "%s-%d-%d".formatted(target.name(), seed, index);
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
