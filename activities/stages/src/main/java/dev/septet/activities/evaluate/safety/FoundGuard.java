package dev.septet.activities.evaluate.safety;

import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A guard that was found.
 *
 * @param folder of its model; null for a model of a service
 * @param digest of everything that its verdicts depend on
 */
public record FoundGuard(SafetySpec.Guard spec, @Nullable Path folder, GuardFormat format, String digest) {}
