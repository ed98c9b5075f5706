package dev.septet.activities.prepare;

import java.util.Locale;

/** The splits of a dataset. */
enum SplitName {
    TRAIN,
    VALIDATION,
    TEST;

    /** The split's name in file names. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
