package dev.septet.activities.evaluate.safety;

import java.util.List;

/** Judges exchanges. */
public interface SafetyGuard extends AutoCloseable {
    /** One verdict per exchange, in their order. What cannot be judged is a verdict with a problem. */
    List<GuardVerdict> judge(List<GuardedExchange> exchanges);

    /** A category's code with its name. */
    default String named(String category) {
        return category;
    }

    @Override
    void close();
}
