package dev.septet.activities.monitor;

import java.util.List;

/** Texts themselves. */
record Texts(List<String> of) implements Sample {
    Texts {
        of = List.copyOf(of);
    }

    @Override
    public long size() {
        return of.size();
    }
}
