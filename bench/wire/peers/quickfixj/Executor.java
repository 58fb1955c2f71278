/*
 * QuickFIX/J as an acceptor of orders for the wire bench: every 35=D is answered with one 35=8 New.
 * Its message store is in memory and it writes no log, which is the fastest that it offers without
 * giving up its checks; one thread serves the session. Built on demand by peers.ts.
 *
 * Arguments: port, its own CompID, the client's.
 */
import quickfix.Application;
import quickfix.DefaultMessageFactory;
import quickfix.FieldNotFound;
import quickfix.IncorrectTagValue;
import quickfix.Log;
import quickfix.MemoryStoreFactory;
import quickfix.Message;
import quickfix.MessageCracker;
import quickfix.Session;
import quickfix.SessionID;
import quickfix.SessionNotFound;
import quickfix.SessionSettings;
import quickfix.ThreadedSocketAcceptor;
import quickfix.UnsupportedMessageType;
import quickfix.field.AvgPx;
import quickfix.field.CumQty;
import quickfix.field.ExecID;
import quickfix.field.ExecType;
import quickfix.field.LeavesQty;
import quickfix.field.OrdStatus;
import quickfix.field.OrdType;
import quickfix.field.OrderID;
import quickfix.field.TransactTime;
import quickfix.fix44.ExecutionReport;
import quickfix.fix44.NewOrderSingle;

public final class Executor extends MessageCracker implements Application {
  private static final Log NO_LOG =
      new Log() {
        @Override
        public void clear() {}

        @Override
        public void onIncoming(String message) {}

        @Override
        public void onOutgoing(String message) {}

        @Override
        public void onEvent(String text) {}

        @Override
        public void onErrorEvent(String text) {
          System.err.println(text);
        }
      };

  private long accepted = 0;

  @Override
  public void onCreate(SessionID id) {}

  @Override
  public void onLogon(SessionID id) {}

  @Override
  public void onLogout(SessionID id) {}

  @Override
  public void toAdmin(Message message, SessionID id) {}

  @Override
  public void fromAdmin(Message message, SessionID id) {}

  @Override
  public void toApp(Message message, SessionID id) {}

  @Override
  public void fromApp(Message message, SessionID id)
      throws FieldNotFound, IncorrectTagValue, UnsupportedMessageType {
    crack(message, id);
  }

  @Handler
  public void onOrder(NewOrderSingle order, SessionID id)
      throws FieldNotFound, IncorrectTagValue, SessionNotFound {
    double qty = order.getOrderQty().getValue();
    boolean isLimit = order.getOrdType().getValue() == OrdType.LIMIT;
    if (!isLimit || qty <= 0 || order.getPrice().getValue() <= 0) {
      throw new IncorrectTagValue(OrdType.FIELD);
    }
    String number = Long.toString(++accepted);
    ExecutionReport report =
        new ExecutionReport(
            new OrderID("O" + number),
            new ExecID("E" + number),
            new ExecType(ExecType.NEW),
            new OrdStatus(OrdStatus.NEW),
            order.getSide(),
            new LeavesQty(qty),
            new CumQty(0),
            new AvgPx(0));
    report.set(order.getClOrdID());
    report.set(order.getSymbol());
    report.set(order.getOrderQty());
    report.set(order.getPrice());
    report.set(new TransactTime());
    Session.sendToTarget(report, id);
  }

  private static SessionSettings settingsOf(SessionID id, String port) {
    SessionSettings settings = new SessionSettings();
    settings.setString(id, "ConnectionType", "acceptor");
    settings.setString(id, "BeginString", id.getBeginString());
    settings.setString(id, "SenderCompID", id.getSenderCompID());
    settings.setString(id, "TargetCompID", id.getTargetCompID());
    settings.setString(id, "SocketAcceptAddress", "127.0.0.1");
    settings.setString(id, "SocketAcceptPort", port);
    settings.setString(id, "SocketReuseAddress", "Y");
    settings.setString(id, "SocketTcpNoDelay", "Y");
    settings.setString(id, "HeartBtInt", "30");
    settings.setString(id, "NonStopSession", "Y");
    settings.setString(id, "UseDataDictionary", "Y");
    return settings;
  }

  public static void main(String[] arguments) throws Exception {
    SessionID id = new SessionID("FIX.4.4", arguments[1], arguments[2]);
    SessionSettings settings = settingsOf(id, arguments[0]);
    ThreadedSocketAcceptor acceptor =
        new ThreadedSocketAcceptor(
            new Executor(),
            new MemoryStoreFactory(),
            settings,
            session -> NO_LOG, // without a log factory it prints every message
            new DefaultMessageFactory());
    acceptor.start();
    System.out.println("{\"port\":" + arguments[0] + "}");
    Thread.currentThread().join();
  }
}
