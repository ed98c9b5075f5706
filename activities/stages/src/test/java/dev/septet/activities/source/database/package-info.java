@NullMarked
package dev.septet.activities.source.database;

import org.jspecify.annotations.NullMarked;
