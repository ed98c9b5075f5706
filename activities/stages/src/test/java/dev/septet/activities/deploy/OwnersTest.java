package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which places of two pipelines are in each other's way. */
class OwnersTest {
    @ParameterizedTest
    @CsvSource({
        "s3://b/x, s3://b/x/sub, true",
        "s3://b/x/, s3://b/x/sub, true",
        "s3://b/x/sub/, s3://b/x, true",
        "s3://b/x, s3://b/x/, true",
        "s3://b/x, s3://b/xy, false",
        "s3://b/x, s3://other/x, false",
        "s3://b/x, /b/x, false",
        "/models/a, /models/a/, true",
        "/models/a, /models/a/v2, true",
        "/models/a/../b, /models/b, true",
        "/models/a, /models/ab, false"
    })
    void findsPlacesThatLieInEachOther(String one, String other, boolean overlap) {
        assertThat(Owners.overlap(target(one), target(other))).isEqualTo(overlap);
        assertThat(Owners.overlap(target(other), target(one))).isEqualTo(overlap);
    }

    @Test
    void anAdaptersNameAtAServerHasOneOwner() {
        AliasHistory.Target ours = adapter("/a", "cluster", "support");
        assertThat(Owners.sameAdapter(ours, adapter("/b", "cluster", "support")))
                .isTrue();
        assertThat(Owners.sameAdapter(ours, adapter("/b", "cluster", "other"))).isFalse();
        assertThat(Owners.sameAdapter(ours, adapter("/b", "other", "support"))).isFalse();
        assertThat(Owners.sameAdapter(target("/a"), target("/b"))).isFalse();
    }

    private static AliasHistory.Target adapter(String folder, String server, String name) {
        return new AliasHistory.Target("vllm", folder, null, null, server, name);
    }

    private static AliasHistory.Target target(String folder) {
        return new AliasHistory.Target(folder.startsWith("s3") ? "s3" : "directory", folder);
    }
}
