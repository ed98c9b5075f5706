package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.SecretRef;
import org.jspecify.annotations.Nullable;

/**
 * Where messages go: an address in the file or one that is a secret.
 *
 * @param url null when it is a secret
 * @param secret null when it is in the file
 */
public record Address(@Nullable String url, @Nullable SecretRef secret) {}
