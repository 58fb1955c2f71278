// exchange-core's OrderBookDirectImpl, called directly: no disruptor, no risk engine, one command
// object used again and again, events from a pool-less helper as in its own tests. The events of the
// file are unpacked into arrays before the clock runs. Protocol: ../peer-process.ts.
import exchange.core2.collections.objpool.ObjectsPool;
import exchange.core2.core.common.*;
import exchange.core2.core.common.cmd.*;
import exchange.core2.core.common.config.LoggingConfiguration;
import exchange.core2.core.orderbook.*;
import com.sun.jna.Native;
import java.io.*;
import java.nio.*;
import java.nio.channels.FileChannel;
import java.nio.file.*;
import java.util.*;

public final class ExchangeCore {
  static final long SEED = 0x243f6a8885a308d3L;
  static final long GOLDEN = 0x9e3779b97f4a7c15L;
  static final long OWNER = 1;
  static final int CLOCK_PROCESS_CPUTIME_ID = 2;
  static final int CHUNK = 4096; // events that are brought to the book at a time

  static int lead, instruments, events;
  static byte[] kinds, sides;
  static short[] books;
  static long[] ids, prices, lots;
  static long trades, tradeHash, touched;

  static long mix(long hash, long word) {
    final long mixed = (hash ^ word) * GOLDEN;
    return mixed ^ (mixed >>> 29);
  }

  /** The process's time on the CPU, compiler and collector included, as for every other peer. */
  static native int clock_gettime(int clock, long[] time);

  static {
    Native.register("c");
  }

  static long cpuNs() {
    final long[] time = new long[2];
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, time);
    return time[0] * 1_000_000_000L + time[1];
  }

  static void read(String path) throws IOException {
    try (FileChannel channel = FileChannel.open(Path.of(path))) {
      final ByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()).order(ByteOrder.LITTLE_ENDIAN);
      lead = file.getInt(0);
      instruments = file.getInt(8);
      events = (int) (channel.size() / 64) - 1;
      kinds = new byte[events];
      sides = new byte[events];
      books = new short[events];
      ids = new long[events];
      prices = new long[events];
      lots = new long[events];
      for (int n = 0; n < events; n++) {
        final int at = 64 + n * 64;
        kinds[n] = file.get(at);
        sides[n] = file.get(at + 1);
        books[n] = file.getShort(at + 6);
        ids[n] = file.getLong(at + 8);
        prices[n] = file.getLong(at + 16);
        lots[n] = file.getLong(at + 24);
      }
    }
  }

  static IOrderBook[] freshBooks() {
    final IOrderBook[] fresh = new IOrderBook[instruments];
    for (int n = 0; n < instruments; n++) {
      final CoreSymbolSpecification symbol = CoreSymbolSpecification.builder()
          .symbolId(n).type(SymbolType.FUTURES_CONTRACT).baseCurrency(1).quoteCurrency(2).baseScaleK(1).quoteScaleK(1).build();
      fresh[n] = new OrderBookDirectImpl(symbol, ObjectsPool.createDefaultTestPool(),
          OrderBookEventsHelper.NON_POOLED_EVENTS_HELPER, LoggingConfiguration.DEFAULT);
    }
    return fresh;
  }

  /** CPU time of the events themselves: each chunk is read once, and so in the cache, before its clock runs. */
  static long play(IOrderBook[] targets, int from, int end, boolean isCheck) {
    long spentNs = 0;
    for (int n = from; n < end; n += CHUNK) {
      final int last = Math.min(n + CHUNK, end);
      touched += touch(n, last);
      final long startNs = cpuNs();
      playChunk(targets, n, last, isCheck);
      spentNs += cpuNs() - startNs;
    }
    return spentNs;
  }

  static long touch(int from, int end) {
    long sum = 0;
    for (int n = from; n < end; n++) sum += kinds[n] + sides[n] + books[n] + ids[n] + prices[n] + lots[n];
    return sum;
  }

  static void playChunk(IOrderBook[] targets, int from, int end, boolean isCheck) {
    final OrderCommand command = new OrderCommand();
    for (int n = from; n < end; n++) {
      command.orderId = ids[n];
      command.uid = OWNER;
      command.price = prices[n];
      command.size = lots[n];
      command.action = sides[n] == 1 ? OrderAction.BID : OrderAction.ASK;
      command.matcherEvent = null;
      final IOrderBook book = targets[books[n]];
      CommandResultCode result = CommandResultCode.SUCCESS;
      switch (kinds[n]) {
        case 1:
          command.orderType = OrderType.GTC;
          command.reserveBidPrice = prices[n];
          command.command = OrderCommandType.PLACE_ORDER;
          book.newOrder(command);
          break;
        case 2: result = book.cancelOrder(command); break;
        case 3: result = book.reduceOrder(command); break;
        default: result = book.moveOrder(command); break;
      }
      if (result != CommandResultCode.SUCCESS) throw new IllegalStateException(result + " at event " + n);
      if (isCheck && (kinds[n] == 1 || kinds[n] == 4)) count(command);
    }
  }

  static void count(OrderCommand command) {
    for (MatcherTradeEvent event = command.matcherEvent; event != null; event = event.nextEvent) {
      if (event.eventType != MatcherEventType.TRADE) continue;
      trades++;
      tradeHash = mix(mix(mix(mix(tradeHash, event.matchedOrderId), command.orderId), event.price), event.size);
    }
  }

  static String hashes(IOrderBook[] targets) {
    final long[] hash = {SEED, SEED};
    for (IOrderBook book : targets) {
      hashSide(hash, book.bidOrdersStream(true).iterator());
      hashSide(hash, book.askOrdersStream(true).iterator());
    }
    return String.format("\"ordersHash\":\"%016x\",\"levelsHash\":\"%016x\"", hash[0], hash[1]);
  }

  static void hashSide(long[] hash, Iterator<? extends IOrder> orders) {
    long price = 0, sum = 0;
    while (orders.hasNext()) {
      final IOrder order = orders.next();
      if (order.getPrice() != price) {
        if (price != 0) hash[1] = mix(mix(hash[1], price), sum);
        price = order.getPrice();
        sum = 0;
        hash[0] = mix(hash[0], price);
      }
      final long left = order.getSize() - order.getFilled();
      sum += left;
      hash[0] = mix(mix(hash[0], order.getOrderId()), left);
    }
    if (price != 0) hash[1] = mix(mix(hash[1], price), sum);
    hash[0] = mix(hash[0], 0);
    hash[1] = mix(hash[1], 0);
  }

  public static void main(String[] arguments) throws IOException {
    read(arguments[0]);
    System.out.println("ready");
    final BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      final String[] words = line.split(" ");
      trades = 0;
      tradeHash = SEED;
      final IOrderBook[] targets = freshBooks();
      play(targets, 0, lead, false);
      final long spentNs = play(targets, lead, lead + Integer.parseInt(words[1]), words[0].equals("check"));
      System.out.printf("{\"cpuNs\":%d,\"trades\":%d,\"tradeHash\":\"%016x\",%s}%n", spentNs, trades, tradeHash, hashes(targets));
      System.out.flush();
    }
  }
}
