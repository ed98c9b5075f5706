package dev.septet.activities.prepare.shard;

import dev.septet.activities.dataset.file.FileRange;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The secrets of sources, which only keyed digests need ({@code replacement: hash}). A secret is never stored: with it, an owner
 * of the store could try all values. So each process reads the sources once more for it, and keeps it in memory.
 */
public final class ShardSecrets {
    private static final int MAX_KEPT = 16;

    private final Map<String, byte[]> known = new LinkedHashMap<>();

    /** Whether the rows of a pipeline have keyed digests. */
    public static boolean needed(PrepareSpec spec) {
        return spec.redact() != null && spec.redact().replacement() == RedactSpec.Replacement.HASH;
    }

    /** Keeps the secret of planned sources. */
    public synchronized void put(ShardPlan plan, byte[] secret) {
        known.put(plan.sha256(), secret);
        if (known.size() > MAX_KEPT) {
            known.remove(known.keySet().iterator().next());
        }
    }

    /**
     * The secret of planned sources; any bytes when none is needed.
     *
     * @throws dev.septet.activities.dataset.file.DatasetProblem when the files are not the planned ones
     */
    public synchronized byte[] of(ShardPlan plan, PrepareSpec spec, SourceSet sources) throws IOException {
        if (!needed(spec)) {
            return new byte[1];
        }
        byte[] secret = known.get(plan.sha256());
        if (secret == null) {
            SourceDigest digest = SourceDigest.of(sources);
            if (!digest.sha256().equals(plan.sha256())) {
                throw FileRange.changed(sources.name());
            }
            secret = digest.key();
            put(plan, secret);
        }
        return secret;
    }
}
