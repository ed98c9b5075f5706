package dev.septet.examples.e2e;

import dev.septet.examples.traffic.Shift;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Customers who go on asking beside a test, until it is closed; some judge their answers. */
final class Rush implements AutoCloseable {
    private static final long PAUSE_MILLIS = 60;

    private final List<Callers.Answered> answers = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean over;

    /** Every second one judges, and likes what can be used. */
    Rush(Callers callers, Shift shift) {
        this(callers, shift, 2, Callers.Answered::usable);
    }

    /**
     * Begins.
     *
     * @param judging one in so many judges
     * @param liked which answers they like
     */
    Rush(Callers callers, Shift shift, int judging, Predicate<Callers.Answered> liked) {
        thread = new Thread(() -> go(callers, shift, judging, liked), "rush");
        thread.start();
    }

    /** What was answered so far. */
    List<Callers.Answered> answers() {
        return answers;
    }

    /** What came instead of an answer, as while the server is being started again. */
    List<String> failures() {
        return failures;
    }

    /** How many of the answers are of a model. */
    long of(String version) {
        return answers.stream()
                .filter(answer -> answer.version().equals(version))
                .count();
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void go(Callers callers, Shift shift, int judging, Predicate<Callers.Answered> liked) {
        while (!over) {
            try {
                Callers.Answered answer = callers.ask(shift);
                answers.add(answer);
                if (answers.size() % judging == 0) {
                    callers.judge(answer, liked.test(answer));
                }
            } catch (IOException failure) {
                failures.add(String.valueOf(failure));
            } catch (InterruptedException e) {
                return;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
