package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.TextFeatures;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/**
 * How well a classifier separates texts of the window from texts of the baseline: the area under
 * its ROC curve on texts that it was not trained on. 0.5 is chance level, 1 is perfect separation.
 *
 * <p>Two-fold cross-validation: it is trained on every second text of both samples and tested on
 * the rest, then the other way round. The area is the mean of the two. P-value: of each fold by the
 * Mann-Whitney test, which is exact there because the classifier has not seen the fold's labels. Of
 * both, twice their mean, which is valid whatever their dependence.
 *
 * @see <a href="https://arxiv.org/abs/1610.06545">Lopez-Paz and Oquab, 2017: classifier two-sample
 *     tests</a>
 * @see <a href="https://doi.org/10.1093/biomet/asaa027">Vovk and Wang, 2020: combining p-values via
 *     averaging</a>
 */
final class TextClassifier implements Detector {
    private static final int BITS = 13;

    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        if (!(baseline instanceof TextFeatures trained) || !(window instanceof TextFeatures observed)) {
            throw new IllegalArgumentException("no texts");
        }
        List<SparseText> before = vectors(trained);
        List<SparseText> now = vectors(observed);
        Detection first = heldOut(before, now, 0);
        Detection second = heldOut(before, now, 1);
        return new Detection((first.score() + second.score()) / 2, Math.min(1, first.chance() + second.chance()));
    }

    private static Detection heldOut(List<SparseText> before, List<SparseText> now, int side) {
        LogisticRegression model = LogisticRegression.of(half(now, side), half(before, side), 1 << BITS);
        double[] windowScores = scores(model, half(now, 1 - side));
        double[] baselineScores = scores(model, half(before, 1 - side));
        var result = MannWhitneyUTest.withDefaults()
                .with(AlternativeHypothesis.GREATER_THAN)
                .with(PValueMethod.ASYMPTOTIC)
                .test(windowScores, baselineScores);
        return new Detection(result.getStatistic() / windowScores.length / baselineScores.length, result.getPValue());
    }

    private static double[] scores(LogisticRegression model, List<SparseText> texts) {
        return texts.stream().mapToDouble(model::score).toArray();
    }

    private static List<SparseText> vectors(TextFeatures texts) {
        return texts.of().stream().map(text -> SparseText.of(text, BITS)).toList();
    }

    private static List<SparseText> half(List<SparseText> texts, int side) {
        List<SparseText> half = new ArrayList<>();
        for (int at = side; at < texts.size(); at += 2) {
            half.add(texts.get(at));
        }
        return half;
    }
}
