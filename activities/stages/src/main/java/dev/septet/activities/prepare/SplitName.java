package dev.septet.activities.prepare;

import java.util.Locale;

/** The parts of a dataset. */
enum SplitName {
    TRAIN,
    VALIDATION,
    TEST;

    /** As files are named. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
