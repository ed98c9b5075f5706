package dev.septet.activities.source.bucket;

/**
 * An object as the bucket showed it before its download.
 *
 * @param key its key
 * @param size its bytes
 * @param etag changes whenever the object does
 */
record ListedObject(String key, long size, String etag) {}
