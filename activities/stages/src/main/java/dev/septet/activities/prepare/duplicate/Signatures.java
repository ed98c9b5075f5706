package dev.septet.activities.prepare.duplicate;

import com.dynatrace.hash4j.similarity.ElementHashProvider;
import com.dynatrace.hash4j.similarity.SimilarityHashPolicy;
import com.dynatrace.hash4j.similarity.SimilarityHasher;
import com.dynatrace.hash4j.similarity.SimilarityHashing;
import com.dynatrace.hash4j.similarity.SuperMinHashVersion;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.check.RowTexts;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import java.util.List;

/**
 * Computes the signatures of rows. For one thread.
 *
 * @see <a href="https://arxiv.org/abs/1706.05698">Ertl, 2017: SuperMinHash</a>
 */
public final class Signatures {
    private static final int COMPONENT_BITS = 32;

    private final RowText on;
    private final Bands bands;
    private final SimilarityHashPolicy policy;
    private final SimilarityHasher hasher;

    public Signatures(CleaningSpec.NearDuplicates spec) {
        this(spec.similarity(), spec.on());
    }

    /**
     * @param least the smallest similarity
     * @param on the text that is compared
     */
    Signatures(double least, RowText on) {
        this.on = on;
        bands = Bands.of(least);
        policy = SimilarityHashing.superMinHash(bands.signature(), COMPONENT_BITS, SuperMinHashVersion.V1);
        hasher = policy.createHasher();
    }

    /** The signature of a row. */
    public RowSignature of(Row row) {
        List<String> texts = texts(row);
        if (texts.get(0).isEmpty()) {
            return new RowSignature(texts, 0, new int[0]);
        }
        long[] shingles = Shingles.of(texts.get(0));
        return new RowSignature(texts, shingles.length, bands(shingles));
    }

    /** The normalized texts that are compared. */
    private List<String> texts(Row row) {
        List<String> texts = switch (on) {
            case PROMPT -> List.of(RowTexts.of(row).question());
            case ANSWER -> List.of(RowTexts.of(row).answer());
            case BOTH -> RowTexts.all(row);
        };
        return texts.stream().map(Shingles::normalized).toList();
    }

    /** One hash for each band of the signature. */
    private int[] bands(long[] shingles) {
        byte[] signature = hasher.compute(ElementHashProvider.ofValues(shingles));
        int[] keys = new int[bands.count()];
        for (int band = 0; band < keys.length; band++) {
            long hash = band;
            for (int i = 0; i < bands.components(); i++) {
                hash = Shingles.mix(hash + policy.getComponent(signature, band * bands.components() + i));
            }
            keys[band] = (int) (hash >>> 32);
        }
        return keys;
    }
}
