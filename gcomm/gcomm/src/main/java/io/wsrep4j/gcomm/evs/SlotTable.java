package io.wsrep4j.gcomm.evs;

/**
 * Messages by slot and member, in pages of consecutive slots. Memory follows what is stored: a far slot costs one page and its place in the
 * directory, and {@link InputMap} bounds how far that can be.
 */
final class SlotTable {

    private static final int PAGE_SHIFT = 6;
    private static final int PAGE_ROWS = 1 << PAGE_SHIFT;
    private static final int ROW_MASK = PAGE_ROWS - 1;
    private static final int FIRST_DIRECTORY = 4;

    private final int members;
    private Page[] directory = new Page[FIRST_DIRECTORY];
    private long firstPage;
    private int pages;

    private static final class Page {
        final UserMessage[] slots;
        int used;

        Page(int length) {
            slots = new UserMessage[length];
        }
    }

    SlotTable(int members) {
        this.members = members;
    }

    UserMessage get(int member, long seq) {
        Page page = page(seq >> PAGE_SHIFT);
        return page == null ? null : page.slots[place(member, seq)];
    }

    /** Stores into an empty slot. */
    void put(int member, long seq, UserMessage message) {
        Page page = pageForWrite(seq >> PAGE_SHIFT);
        page.slots[place(member, seq)] = message;
        page.used++;
    }

    /** Empties a slot. */
    void remove(int member, long seq) {
        Page page = page(seq >> PAGE_SHIFT);
        page.slots[place(member, seq)] = null;
        page.used--;
    }

    /** Gives back the pages at the front that are empty and lie wholly below a slot. */
    void trimBelow(long seq) {
        while (pages > 0 && firstPage + 1 << PAGE_SHIFT <= seq) {
            Page page = directory[index(firstPage)];
            if (page != null && page.used > 0) {
                return;
            }
            directory[index(firstPage)] = null;
            firstPage++;
            pages--;
        }
    }

    /** The first slot at or after {@code seq} whose page has anything, or -1 if there is none. */
    long skipEmptyPages(long seq) {
        long number = Math.max(seq >> PAGE_SHIFT, firstPage);
        long end = firstPage + pages;
        for (; number < end; number++) {
            Page page = directory[index(number)];
            if (page != null && page.used > 0) {
                return Math.max(seq, number << PAGE_SHIFT);
            }
        }
        return -1;
    }

    private int place(int member, long seq) {
        return (int) (seq & ROW_MASK) * members + member;
    }

    private int index(long number) {
        return (int) (number & directory.length - 1);
    }

    private Page page(long number) {
        return number < firstPage || number >= firstPage + pages ? null : directory[index(number)];
    }

    private Page pageForWrite(long number) {
        if (pages == 0) {
            firstPage = number;
        }
        if (number < firstPage) {
            reserve(firstPage + pages - number);
            pages += (int) (firstPage - number);
            firstPage = number;
        } else if (number >= firstPage + pages) {
            reserve(number + 1 - firstPage);
            pages = (int) (number + 1 - firstPage);
        }
        int index = index(number);
        if (directory[index] == null) {
            directory[index] = new Page(PAGE_ROWS * members);
        }
        return directory[index];
    }

    private void reserve(long wanted) {
        int length = directory.length;
        while (length < wanted) {
            length <<= 1;
        }
        if (length == directory.length) {
            return;
        }
        Page[] larger = new Page[length];
        for (long number = firstPage; number < firstPage + pages; number++) {
            larger[(int) (number & length - 1)] = directory[index(number)];
        }
        directory = larger;
    }
}
