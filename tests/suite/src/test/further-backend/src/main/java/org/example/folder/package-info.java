/** A backend for tests: processes of one machine that share a folder. Entry: {@link org.example.folder.FolderChannelFactory}, scheme {@code folder}. */
package org.example.folder;
