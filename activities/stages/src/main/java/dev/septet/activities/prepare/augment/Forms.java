package dev.septet.activities.prepare.augment;

import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Puts a text into another text.
 *
 * @param forms texts with {@link AugmentSpec#PLACEHOLDER} once each
 */
record Forms(List<String> forms) implements TextChange {
    @Override
    public String apply(String text, Random random, int copy) {
        List<String> order = new ArrayList<>(forms);
        Collections.shuffle(order, random);
        return copy < order.size() ? order.get(copy).replace(AugmentSpec.PLACEHOLDER, text) : text;
    }

    @Override
    public boolean numbered() {
        return true;
    }
}
