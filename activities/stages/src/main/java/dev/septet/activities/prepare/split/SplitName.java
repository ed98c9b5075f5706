package dev.septet.activities.prepare.split;

import java.util.Locale;

/** The splits of a dataset. */
public enum SplitName {
    TRAIN,
    VALIDATION,
    TEST;

    /** The split's name in file names. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
