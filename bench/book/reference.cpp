// The order book of wasm/matching once more in C++, as fast as we can write it: the same structure
// (an index of ids over a pool of orders, pages of 64 levels under three levels of bitmaps, 32-bit
// addresses in one arena), the same guards and the same events, but only what the bench
// sends: limit orders, cancels, reductions, replaces, and building from a feed by order.
// Built by peers.ts: g++ -O3 -march=native -std=c++20. Protocol: peer-protocol.ts.
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i32 = int32_t;
using i64 = int64_t;

namespace {

constexpr u64 GOLDEN = 0x9e3779b97f4a7c15ull;
constexpr u64 SEED = 0x243f6a8885a308d3ull;
constexpr i32 NO_LEVEL = INT32_MAX;
constexpr i64 LOTS_MAX = (1ll << 53) - 1;
constexpr i64 ID_MAX = (1ll << 53) - 1;
constexpr int BATCH = 1024;
constexpr int CHUNK = 4096;  // commands that are brought to the book at a time
constexpr int BLOCK_LOG2 = 9;
constexpr u32 BLOCK_MASK = (1 << BLOCK_LOG2) - 1;
constexpr u32 BLOCK_BYTES = 4u << BLOCK_LOG2;
constexpr u32 SLOTS_PER_ORDER = 8;
constexpr u32 BLOCK_STEPS = 8;  // before any slot is good enough
constexpr u32 SLOT_AWAY = 31;

struct alignas(64) Command {
  u8 kind, side, type, timeInForce, selfTrade, flags;
  u16 instrument;
  i64 id, ticks, lots;
  u32 owner, pad;
  i64 newId, display, free;
};
static_assert(sizeof(Command) == 64);

struct Event {
  u32 head, sequence;
  i64 id, other, ticks, lots, leaves;
};
static_assert(sizeof(Event) == 48);

struct Order {
  i64 id, lots;
  u32 next, prev, place, tag;
};
static_assert(sizeof(Order) == 32);

// Head and tail lie where an order has next and prev: a queue is a ring through its level.
struct Level {
  u32 head, tail;
  i64 lots;
};
constexpr u32 RING = offsetof(Order, next);

struct alignas(64) Page {
  u64 bits;
  i64 firstTicks;  // of its levels
  i32 firstKey;
  u32 flip, ladder, instrument, nextFree;
  alignas(64) Level levels[64];
};
static_assert(sizeof(Page) == 1088);

struct Ladder {
  i32 best, flip;
  u64 top;
  u32 pageTable, words, index;
};

struct alignas(64) Book {
  i64 baseTicks, lotsMax, lastTicks, trades, volumeLots;
  alignas(64) Ladder ladders[2];
};

constexpr int LEVELS_LOG2 = 18;
constexpr i32 LEVELS_MASK = (1 << LEVELS_LOG2) - 1;
constexpr int PAGES_A_LADDER = 1 << (LEVELS_LOG2 - 6);

enum Kind { NEW = 1, CANCEL = 2, REDUCE = 3, REPLACE = 4, FEED_ADD = 16, FEED_EXECUTE, FEED_REDUCE, FEED_DELETE };
enum Refusal { OK, BAD_KIND, BAD_INSTRUMENT, BAD_ID, UNKNOWN_ID, BAD_SIDE, BAD_TERMS, BAD_LOTS, BAD_DISPLAY, BAD_PRICE,
               DUPLICATE_ID = 12, ORDERS_FULL, PAGES_FULL = 16, LEVEL_FULL };

class Engine {
 public:
  Engine(u32 books, u32 orders, u32 pages) : books_(books), orders_(orders), pages_(pages) {
    slots_ = std::bit_ceil(orders * SLOTS_PER_ORDER);
    size_t end = 64;
    auto take = [&](size_t bytes) {
      size_t at = (end + 63) & ~size_t(63);
      end = at + bytes;
      return u32(at);
    };
    booksAt_ = take(sizeof(Book) * books);
    ladderBytes_ = ((PAGES_A_LADDER * 4 + 512 + PAGES_A_LADDER / 8 + 63) / 64 | 1) * 64;
    laddersAt_ = take(size_t(ladderBytes_) * books * 2);
    pagesAt_ = take(sizeof(Page) * pages);
    index_ = take(4 * slots_);
    pool_ = take(sizeof(Order) * orders);
    bytes_ = end;
    mask_ = (slots_ - 1) * 4;
    shift_ = 64 - std::countr_zero(u64(slots_)) - 2;
    arena_ = static_cast<char*>(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (arena_ == MAP_FAILED) std::abort();
    events_ = std::vector<Event>(BATCH * 64);
  }

  void reset() {
    std::memset(arena_, 0, bytes_);
    for (u32 n = 0; n < books_; n++) {
      Book& book = bookAt(n);
      book.lotsMax = 1 << 20;
      for (u32 side = 0; side < 2; side++) {
        Ladder& ladder = book.ladders[side];
        ladder.best = NO_LEVEL;
        ladder.flip = side == 0 ? LEVELS_MASK : 0;
        ladder.pageTable = laddersAt_ + (n * 2 + side) * ladderBytes_;
        ladder.words = ladder.pageTable + PAGES_A_LADDER * 4;
        ladder.index = n << 2 | side;
      }
    }
    for (u32 n = 0; n < pages_; n++) {
      Page& page = at<Page>(pagesAt_ + n * sizeof(Page));
      page.nextFree = n + 1 < pages_ ? u32(pagesAt_ + (n + 1) * sizeof(Page)) : 0;
      for (Level& level : page.levels) level.head = level.tail = offsetOf(&level) - RING;
    }
    freePage_ = pagesAt_;
    reach_ = 0;
    for (u32 n = 0; n < orders_; n++) at<Order>(pool_ + n * sizeof(Order)).next = n + 1 < orders_ ? pool_ + (n + 1) * sizeof(Order) : 0;
    freeOrder_ = pool_;
    sequence_ = 0;
  }

  // Returns the end of the events.
  Event* run(const Command* commands, u32 count) {
    out_ = events_.data();
    const Event* limit = events_.data() + events_.size() - 64;
    for (u32 n = 0; n < count; n++) {
      if (out_ > limit) std::abort();  // 64 events a command on average are beyond this stream
      const Command& command = commands[n];
      sequence_++;
      const u32 refusal = execute(command);
      if (refusal != OK) fill(event(2, refusal, command.instrument, command.id), 0, 0, 0, command.kind);
    }
    return out_;
  }

  const Event* events() const { return events_.data(); }

  template <class Visit>
  void visit(Visit visit) {
    for (u32 n = 0; n < books_; n++)
      for (Ladder& ladder : bookAt(n).ladders) {
        for (i32 key = ladder.best; key != NO_LEVEL; key = key == LEVELS_MASK ? NO_LEVEL : keyFrom(ladder, key + 1)) {
          Level& level = *levelOf(ladder, key);
          visit(i64(key ^ ladder.flip), level.lots, level.head, offsetOf(&level) - RING);
        }
        visit(0, 0, 0, 0);
      }
  }

  const Order& order(u32 at_) { return at<Order>(at_); }

 private:
  template <class T>
  T& at(u32 offset) {
    return *reinterpret_cast<T*>(arena_ + offset);
  }
  u32 offsetOf(const void* pointer) const { return u32(static_cast<const char*>(pointer) - arena_); }
  Book& bookAt(u32 n) { return at<Book>(booksAt_ + n * sizeof(Book)); }
  Book& bookOf(const Ladder& ladder) { return bookAt(ladder.index >> 2); }
  // A slot of the index: address of an order + orders that are away from here.
  u32& homeOf(i64 id) {
    const u32 block = u32(((u64(id) >> BLOCK_LOG2) * GOLDEN) >> shift_) & mask_ & ~(BLOCK_BYTES - 1);
    return at<u32>(index_ + (block | (u32(id) & BLOCK_MASK) * 4));
  }

  u32& slotAway(i64 id, const u32& home, u32 n) {
    const u32 offset = offsetOf(&home) - index_;
    const u64 step = ((u64(id) >> BLOCK_LOG2) * SEED) >> 40 | 1;
    if (n <= BLOCK_STEPS) return at<u32>(index_ + ((offset + u32(step) * n * BLOCK_BYTES) & mask_));
    const u64 hash = (u64(id) ^ u64(id) >> 17) * SEED;
    return at<u32>(index_ + ((u32(hash >> shift_) + n * 4) & mask_ & ~3u));
  }

  u32 findOrder(i64 id) {
    const u32& home = homeOf(id);
    const u32 order = home & ~SLOT_AWAY;
    if (at<Order>(order).id == id) return order;  // at 0 is no order, with id 0
    return (home & SLOT_AWAY) == 0 ? 0 : findAway(id, home);
  }

  [[gnu::noinline]] u32 findAway(i64 id, const u32& home) {
    for (u32 n = 1; n <= reach_; n++) {
      const u32 order = slotAway(id, home, n) & ~SLOT_AWAY;
      if (at<Order>(order).id == id) return order;
    }
    return 0;
  }

  [[gnu::noinline]] u32& goAway(i64 id, u32& home) {
    u32 n = 1;
    while ((slotAway(id, home, n) & ~SLOT_AWAY) != 0) n++;
    if ((home & SLOT_AWAY) != SLOT_AWAY) home++;
    reach_ = std::max(reach_, n);
    return slotAway(id, home, n);
  }

  [[gnu::noinline]] void comeBack(i64 id, u32& home, u32 order) {
    u32 n = 1;
    while ((slotAway(id, home, n) & ~SLOT_AWAY) != order) n++;
    slotAway(id, home, n) &= SLOT_AWAY;
    if ((home & SLOT_AWAY) != SLOT_AWAY) home--;
  }

  void removeOrder(u32 slot) {
    Order& order = at<Order>(slot);
    u32& home = homeOf(order.id);
    if ((home & ~SLOT_AWAY) == slot) home &= SLOT_AWAY;
    else comeBack(order.id, home, slot);
    order.next = freeOrder_;
    freeOrder_ = slot;
  }

  Page& pageAt(u32 place) { return at<Page>(place & ~63u); }
  Level& levelAt(u32 place) { return pageAt(place).levels[place & 63]; }
  i32 keyAt(u32 place) { return pageAt(place).firstKey + i32(place & 63); }
  u32 pageOf(const Ladder& ladder, i32 key) { return at<u32>(ladder.pageTable + ((key >> 6) << 2)); }
  Level* levelOf(const Ladder& ladder, i32 key) {
    const u32 page = pageOf(ladder, key);
    return page == 0 ? nullptr : &at<Page>(page).levels[key & 63];
  }
  u64& middleWord(const Ladder& ladder, i32 n) { return at<u64>(ladder.words + (n << 3)); }
  u64& lowWord(const Ladder& ladder, i32 n) { return at<u64>(ladder.words + 512 + (n << 3)); }

  void append(Ladder& ladder, i32 key, u32 slot) {
    u32 page = pageOf(ladder, key);
    if (page == 0) page = takePage(ladder, key);
    Level& level = at<Page>(page).levels[key & 63];
    const u32 ring = offsetOf(&level) - RING;
    Order& order = at<Order>(slot);
    const u32 tail = level.tail;
    order.next = ring;
    order.prev = tail;
    order.place = page + (key & 63);
    level.tail = slot;
    at<Order>(tail).next = slot;
    level.lots += order.lots;
    at<Page>(page).bits |= 1ull << (key & 63);
    const i32 best = ladder.best;
    ladder.best = key < best ? key : best;
  }

  void unlink(u32 slot) {
    const Order& order = at<Order>(slot);
    Page& page = pageAt(order.place);
    const u32 next = order.next, prev = order.prev;
    page.levels[order.place & 63].lots -= order.lots;
    at<Order>(prev).next = next;
    at<Order>(next).prev = prev;
    // No branch on whether the level is empty now, and was the best: no predictor knows.
    const u32 inPage = order.place & 63;
    const u64 bits = page.bits & ~(u64(next == prev) << inPage);
    page.bits = bits;
    Ladder& ladder = at<Ladder>(page.ladder);
    const i32 best = ladder.best, key = page.firstKey + i32(inPage);
    if (bits == 0) return pageEmptied(ladder, page, key);
    ladder.best = key == best ? page.firstKey + std::countr_zero(bits) : best;
  }

  void shrink(u32 slot, i64 lots) {
    Order& order = at<Order>(slot);
    order.lots -= lots;
    levelAt(order.place).lots -= lots;
  }

  void pageEmptied(Ladder& ladder, Page& page, i32 key) {
    freePage(ladder, page, key >> 6);
    if (key == ladder.best) ladder.best = firstKey(ladder);
  }

  i32 firstKey(Ladder& ladder) {
    if (ladder.top == 0) return NO_LEVEL;
    const i32 middle = std::countr_zero(ladder.top);
    const i32 low = (middle << 6) + std::countr_zero(middleWord(ladder, middle));
    const i32 page = (low << 6) + std::countr_zero(lowWord(ladder, low));
    return (page << 6) + std::countr_zero(at<Page>(pageOf(ladder, page << 6)).bits);
  }

  // Cold: only for the hash of the final book.
  i32 keyFrom(Ladder& ladder, i32 key) {
    for (i32 number = key >> 6; number < PAGES_A_LADDER; number++, key = number << 6) {
      const u32 page = pageOf(ladder, number << 6);
      if (page == 0) continue;
      const u64 bits = at<Page>(page).bits & (~0ull << (key & 63));
      if (bits != 0) return (number << 6) + std::countr_zero(bits);
    }
    return NO_LEVEL;
  }

  u32 takePage(Ladder& ladder, i32 key) {
    const i32 number = key >> 6;
    const u32 offset = freePage_;
    Page& page = at<Page>(offset);
    freePage_ = page.nextFree;
    page.firstKey = number << 6;
    page.flip = u32(ladder.flip) & 63;
    page.firstTicks = bookOf(ladder).baseTicks + ((page.firstKey ^ ladder.flip) & ~63);
    page.ladder = offsetOf(&ladder);
    page.instrument = ladder.index >> 2;
    at<u32>(ladder.pageTable + (number << 2)) = offset;
    lowWord(ladder, number >> 6) |= 1ull << (number & 63);
    middleWord(ladder, number >> 12) |= 1ull << ((number >> 6) & 63);
    ladder.top |= 1ull << (number >> 12);
    return offset;
  }

  void freePage(Ladder& ladder, Page& page, i32 number) {
    page.nextFree = freePage_;
    freePage_ = offsetOf(&page);
    at<u32>(ladder.pageTable + (number << 2)) = 0;
    if ((lowWord(ladder, number >> 6) &= ~(1ull << (number & 63))) != 0) return;
    if ((middleWord(ladder, number >> 12) &= ~(1ull << ((number >> 6) & 63))) != 0) return;
    ladder.top &= ~(1ull << (number >> 12));
  }

  Event* event(u32 kind, u32 reason, u32 instrument, i64 id) {
    Event* event = out_++;
    event->head = kind | reason << 8 | instrument << 16;
    event->sequence = sequence_;
    event->id = id;
    return event;
  }
  static void fill(Event* event, i64 ticks, i64 lots, i64 leaves, i64 other) {
    event->other = other;
    event->ticks = ticks;
    event->lots = lots;
    event->leaves = leaves;
  }

  u32 execute(const Command& command) {
    switch (command.kind) {
      case NEW: return newOrder(command, true);
      case CANCEL: return cancel(command);
      case REDUCE: return reduce(command);
      case REPLACE: return replace(command);
      case FEED_ADD: return newOrder(command, false);
      case FEED_EXECUTE:
      case FEED_REDUCE:
      case FEED_DELETE: return feedShrink(command);
      default: return BAD_KIND;
    }
  }

  u32 restRefusal(const Ladder& ladder, i32 key, i64 lots) {
    const Level* level = levelOf(ladder, key);
    if (level == nullptr) return freePage_ == 0 ? PAGES_FULL : OK;
    return level->lots > LOTS_MAX - lots ? LEVEL_FULL : OK;
  }

  u32 newOrder(const Command& command, bool matches) {
    if (command.instrument >= books_) return BAD_INSTRUMENT;
    Book& book = bookAt(command.instrument);
    const i64 id = command.id;
    const i64 lots = command.lots;
    if (u64(id - 1) >= u64(ID_MAX)) return BAD_ID;
    const u32 side = command.side - 1;
    if (side > 1) return BAD_SIDE;
    if (matches && (command.type != 2 || command.timeInForce > 1 || command.selfTrade > 4 || command.flags != 0)) return BAD_TERMS;
    if (u64(lots - 1) >= u64(book.lotsMax)) return BAD_LOTS;
    if (matches && command.display != 0) return BAD_DISPLAY;
    const u64 above = u64(command.ticks - book.baseTicks);
    if (above > u64(LEVELS_MASK)) return BAD_PRICE;
    u32& home = homeOf(id);
    if (home != 0 && findOrder(id) != 0) return DUPLICATE_ID;
    if (freeOrder_ == 0) return ORDERS_FULL;
    Ladder& own = book.ladders[side];
    Ladder& opposite = book.ladders[side ^ 1];
    const i32 key = i32(above) ^ own.flip;
    if (const u32 refusal = restRefusal(own, key, lots); refusal != OK) return refusal;
    if (matches) {
      fill(event(1, command.side, command.instrument, id), command.ticks, lots, lots, 0);
      const i32 limitKey = i32(above) ^ opposite.flip;
      if (opposite.best <= limitKey) return take(command, book, opposite, limitKey), OK;
    }
    rest(own, key, home, id, lots, matches ? command.owner << 8 | (command.timeInForce == 0) : 0);
    return OK;
  }

  void rest(Ladder& own, i32 key, u32& home, i64 id, i64 lots, u32 tag) {
    const u32 slot = freeOrder_;
    Order& order = at<Order>(slot);
    freeOrder_ = order.next;
    ((home & ~SLOT_AWAY) == 0 ? home : goAway(id, home)) |= slot;
    order.id = id;
    order.lots = lots;
    order.tag = tag;
    append(own, key, slot);
  }

  void take(const Command& command, Book& book, Ladder& opposite, i32 limitKey) {
    Ladder& own = book.ladders[(opposite.index & 1) ^ 1];
    const i64 left = match(command.id, command.lots, book, opposite, limitKey);
    if (left == 0) return;
    rest(own, i32(command.ticks - book.baseTicks) ^ own.flip, homeOf(command.id), command.id, left, command.owner << 8);
  }

  i64 match(i64 takerId, i64 leaves, Book& book, Ladder& opposite, i32 limitKey) {
    while (leaves > 0 && opposite.best <= limitKey) {
      const u32 slot = levelOf(opposite, opposite.best)->head;
      const Order& maker = at<Order>(slot);
      const i64 ticks = book.baseTicks + (opposite.best ^ opposite.flip);
      const i64 lots = maker.lots < leaves ? maker.lots : leaves;
      leaves -= lots;
      fill(event(3, 2 - (opposite.index & 1), opposite.index >> 2, maker.id), ticks, lots, maker.lots - lots, takerId);
      book.lastTicks = ticks;
      book.trades++;
      book.volumeLots += lots;
      if (lots < maker.lots)
        shrink(slot, lots);
      else {
        unlink(slot);
        removeOrder(slot);
      }
    }
    return leaves;
  }

  u32 find(i64 id, u32& slot) {
    if (u64(id - 1) >= u64(ID_MAX)) return BAD_ID;
    slot = findOrder(id);
    return slot == 0 ? UNKNOWN_ID : OK;
  }

  u32 cancel(const Command& command) {
    u32 slot;
    if (const u32 refusal = find(command.id, slot); refusal != OK) return refusal;
    drop(slot);
    return OK;
  }

  static i64 ticksIn(const Page& page, u32 place) { return page.firstTicks + i64((place & 63) ^ page.flip); }

  void drop(u32 slot) {
    const Order& order = at<Order>(slot);
    const Page& page = pageAt(order.place);
    fill(event(4, 0, page.instrument, order.id), ticksIn(page, order.place), order.lots, 0, 0);
    unlink(slot);
    removeOrder(slot);
  }

  u32 reduce(const Command& command) {
    u32 slot;
    if (const u32 refusal = find(command.id, slot); refusal != OK) return refusal;
    if (command.lots <= 0) return BAD_LOTS;
    const Order& order = at<Order>(slot);
    if (command.lots >= order.lots) return drop(slot), OK;
    const Page& page = pageAt(order.place);
    fill(event(5, 0, page.instrument, order.id), ticksIn(page, order.place), command.lots, order.lots - command.lots, 0);
    shrink(slot, command.lots);
    return OK;
  }

  u32 replace(const Command& command) {
    u32 slot;
    if (const u32 refusal = find(command.id, slot); refusal != OK) return refusal;
    Order& order = at<Order>(slot);
    Ladder& ladder = at<Ladder>(pageAt(order.place).ladder);
    Book& book = bookOf(ladder);
    if (u64(command.lots - 1) >= u64(book.lotsMax)) return BAD_LOTS;
    const u64 above = u64(command.ticks - book.baseTicks);
    if (above > u64(LEVELS_MASK)) return BAD_PRICE;
    const i32 key = i32(above) ^ ladder.flip;
    const bool keeps = key == keyAt(order.place) && command.lots <= order.lots;
    if (!keeps)
      if (const u32 refusal = restRefusal(ladder, key, command.lots); refusal != OK) return refusal;
    fill(event(6, keeps, ladder.index >> 2, order.id), command.ticks, command.lots, command.lots, 0);
    if (keeps) {
      if (command.lots < order.lots) shrink(slot, order.lots - command.lots);
      return OK;
    }
    Ladder& opposite = book.ladders[(ladder.index & 1) ^ 1];
    const i32 limitKey = i32(above) ^ opposite.flip;
    unlink(slot);
    if (opposite.best > limitKey) {
      order.lots = command.lots;
      append(ladder, key, slot);
      return OK;
    }
    const u32 tag = order.tag;
    removeOrder(slot);
    const i64 left = match(command.id, command.lots, book, opposite, limitKey);
    if (left > 0) rest(ladder, key, homeOf(command.id), command.id, left, tag);
    return OK;
  }

  u32 feedShrink(const Command& command) {
    u32 slot;
    if (const u32 refusal = find(command.id, slot); refusal != OK) return refusal;
    const Order& order = at<Order>(slot);
    const i64 lots = command.kind == FEED_DELETE ? order.lots : command.lots;
    if (u64(lots - 1) >= u64(order.lots)) return BAD_LOTS;
    if (command.kind == FEED_EXECUTE) {
      const Ladder& ladder = at<Ladder>(pageAt(order.place).ladder);
      Book& book = bookOf(ladder);
      book.lastTicks = book.baseTicks + (keyAt(order.place) ^ ladder.flip);
      book.trades++;
      book.volumeLots += lots;
    }
    if (lots < order.lots) return shrink(slot, lots), OK;
    unlink(slot);
    removeOrder(slot);
    return OK;
  }

  u32 books_, orders_, pages_, slots_;
  u32 booksAt_, laddersAt_, ladderBytes_, pagesAt_, index_, pool_, freeOrder_ = 0, mask_, freePage_ = 0, reach_ = 0, sequence_ = 0;
  int shift_;
  size_t bytes_;
  char* arena_;
  std::vector<Event> events_;
  Event* out_ = nullptr;
};

u64 mix(u64 hash, u64 word) {
  const u64 mixed = (hash ^ word) * GOLDEN;
  return mixed ^ (mixed >> 29);
}

i64 cpuNs() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000ll + now.tv_nsec;
}

std::vector<Command> readCommands(const char* path, u32& lead, u32& books) {
  FILE* file = std::fopen(path, "rb");
  u32 header[16];
  if (file == nullptr || std::fread(header, 64, 1, file) != 1) std::exit(1);
  lead = header[0];
  books = header[2];
  std::vector<Command> commands(header[0] + header[1]);
  if (std::fread(commands.data(), 64, commands.size(), file) != commands.size()) std::exit(1);
  std::fclose(file);
  return commands;
}

}  // namespace

int main(int, char** arguments) {
  u32 lead, books;
  const std::vector<Command> commands = readCommands(arguments[1], lead, books);
  Engine engine(books, std::strtoul(arguments[2], nullptr, 10), std::strtoul(arguments[3], nullptr, 10));
  std::vector<Command> chunk(CHUNK);
  std::puts("ready");
  std::fflush(stdout);
  char line[64];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    const bool isCheck = line[0] == 'c';
    u64 trades = 0, tradeHash = SEED;
    const auto playChunk = [&](u32 end) {
      for (u32 from = 0; from < end; from += BATCH) {
        const Event* last = engine.run(&chunk[from], std::min<u32>(BATCH, end - from));
        if (!isCheck) continue;
        for (const Event* event = engine.events(); event < last; event++) {
          if ((event->head & 255) == 2) std::exit(2);
          if ((event->head & 255) != 3) continue;
          trades++;
          for (const i64 word : {event->id, event->other, event->ticks, event->lots}) tradeHash = mix(tradeHash, u64(word));
        }
      }
    };
    // CPU time of the commands themselves: each chunk is copied before its clock runs.
    const auto play = [&](u32 from, u32 end) {
      i64 spentNs = 0;
      for (; from < end; from += CHUNK) {
        const u32 count = std::min<u32>(CHUNK, end - from);
        std::copy_n(&commands[from], count, chunk.data());
        const i64 startNs = cpuNs();
        playChunk(count);
        spentNs += cpuNs() - startNs;
      }
      return spentNs;
    };
    engine.reset();
    play(0, lead);
    const i64 spentNs = play(lead, lead + std::strtoul(std::strchr(line, ' '), nullptr, 10));
    u64 orders = SEED, levels = SEED;
    engine.visit([&](i64 ticks, i64 lots, u32 head, u32 ring) {
      orders = mix(orders, u64(ticks));
      levels = mix(levels, u64(ticks));
      if (head != 0) levels = mix(levels, u64(lots));
      for (u32 slot = head; slot != ring; slot = engine.order(slot).next) orders = mix(mix(orders, u64(engine.order(slot).id)), u64(engine.order(slot).lots));
    });
    std::printf("{\"cpuNs\":%lld,\"trades\":%llu,\"tradeHash\":\"%016llx\",\"ordersHash\":\"%016llx\",\"levelsHash\":\"%016llx\"}\n",
                (long long)spentNs, (unsigned long long)trades, (unsigned long long)tradeHash, (unsigned long long)orders, (unsigned long long)levels);
    std::fflush(stdout);
  }
}
