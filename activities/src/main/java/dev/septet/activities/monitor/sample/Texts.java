package dev.septet.activities.monitor.sample;

import java.util.List;

/** Texts themselves. */
public record Texts(List<String> of) implements Sample {
    public Texts {
        of = List.copyOf(of);
    }

    @Override
    public long size() {
        return of.size();
    }
}
