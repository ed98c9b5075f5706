package dev.septet.activities.monitor.sample;

import java.util.List;

/** A sample of texts. */
public record TextFeatures(List<String> of) implements FeatureSample {
    public TextFeatures {
        of = List.copyOf(of);
    }

    @Override
    public long size() {
        return of.size();
    }
}
