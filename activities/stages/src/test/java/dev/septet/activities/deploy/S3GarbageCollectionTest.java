package dev.septet.activities.deploy;

import dev.septet.activities.store.bucket.S3Bucket;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weeks with a real bucket: a collection is killed before a request, or before its answer is known. */
@Tag("long")
class S3GarbageCollectionTest {
    @RegisterExtension
    static final S3Bucket BUCKET = new S3Bucket();

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void keepsWhatIsNeededAndRemovesTheRestWhereverItIsKilled(long seed) throws Exception {
        GarbageCollectionTest.keepsWhatIsNeeded(RetainedWorld.in(BUCKET, temp), seed, 9, 40);
    }
}
