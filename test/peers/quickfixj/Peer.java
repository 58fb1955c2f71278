/*
 * QuickFIX/J as a counterparty in a process of its own, acceptor or initiator: the twin of
 * quickfix/peer.cpp, with the same arguments, the same lines for the judge (test/peers/judge.ts
 * names them) and, in its FileStore, the same only memory.
 */
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import quickfix.Application;
import quickfix.Connector;
import quickfix.DefaultMessageFactory;
import quickfix.FieldMap;
import quickfix.FileStoreFactory;
import quickfix.Log;
import quickfix.LogFactory;
import quickfix.Message;
import quickfix.Session;
import quickfix.SessionID;
import quickfix.SessionNotFound;
import quickfix.SessionSettings;
import quickfix.SocketAcceptor;
import quickfix.SocketInitiator;
import quickfix.UnsupportedMessageType;
import quickfix.UtcTimestampPrecision;
import quickfix.field.TransactTime;

public final class Peer implements Application {
  private static final long PAUSE_NS = 5_000_000;
  private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private record Stored(String msgType, String clOrdId, String msgSeqNum) {}

  private final Map<String, String> options;
  private final SessionID id;
  private final Set<String> answered = new HashSet<>();
  private int nextOrder = 1;
  private int executions = 0;
  private volatile boolean isStopping = false;

  private Peer(Map<String, String> options, SessionID id) {
    this.options = options;
    this.id = id;
  }

  /* One line for the judge; a kill cannot cut it. */
  private static synchronized void say(String line) {
    String shown = line.replace('\001', '|').replace('\n', ' ').replace('\r', ' ');
    try {
      OUT.write((shown + "\n").getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException fault) {
      Runtime.getRuntime().halt(1);
    }
  }

  private static String valueOf(FieldMap fields, int tag) {
    try {
      return fields.isSetField(tag) ? fields.getString(tag) : "-";
    } catch (quickfix.FieldNotFound never) {
      return "-";
    }
  }

  /* The first value of a tag in a stored message. */
  private static String valueIn(String message, int tag) {
    String key = "\001" + tag + "=";
    int at = message.indexOf(key);
    if (at < 0) return "";
    return message.substring(at + key.length(), message.indexOf('\001', at + key.length()));
  }

  /* Every application message in the store whose number is used up. */
  private List<Stored> storedMessages() throws IOException {
    Session session = Session.lookupSession(id);
    List<String> texts = new ArrayList<>();
    int last = session.getExpectedSenderNum() - 1;
    if (last > 0) session.getStore().get(1, last, texts);
    List<Stored> found = new ArrayList<>();
    for (String text : texts) {
      String msgType = valueIn(text, 35);
      if (!msgType.equals("D") && !msgType.equals("8")) continue;
      found.add(new Stored(msgType, valueIn(text, 11), valueIn(text, 34)));
    }
    return found;
  }

  /* What an earlier life has sent. */
  private void recall() throws IOException {
    for (Stored stored : storedMessages()) {
      if (stored.msgType().equals("8")) answered.add(stored.clOrdId());
      else nextOrder = Math.max(nextOrder, Integer.parseInt(stored.clOrdId()) + 1);
    }
  }

  private void sendOrders() {
    int orders = Integer.parseInt(options.get("orders"));
    long pauseNs = 1_000_000_000L / Integer.parseInt(options.get("rate"));
    try {
      while (nextOrder <= orders && !isStopping) {
        LockSupport.parkNanos(pauseNs);
        if (!Session.lookupSession(id).isLoggedOn()) continue;
        Session.sendToTarget(newOrder(Integer.toString(nextOrder++)), id);
      }
    } catch (SessionNotFound fault) {
      say("fault " + fault);
    }
  }

  /* The answer brings to light what number is not counted yet on either side. */
  private void settle(String question) throws SessionNotFound {
    Message request = new Message();
    request.getHeader().setString(35, "1");
    request.setString(112, question);
    Session.sendToTarget(request, id);
  }

  /* Before anything is connected. */
  @Override
  public void onCreate(SessionID session) {
    try {
      recall();
    } catch (IOException fault) {
      say("fault " + fault);
    }
  }

  @Override
  public void onLogon(SessionID session) {
    say("logon");
  }

  @Override
  public void onLogout(SessionID session) {
    say("logout");
  }

  @Override
  public void toAdmin(Message message, SessionID session) {
    tellAdmin("out", message);
  }

  @Override
  public void fromAdmin(Message message, SessionID session) {
    tellAdmin("in", message);
    boolean isAnswer = valueOf(message.getHeader(), 35).equals("0") && message.isSetField(112);
    if (isAnswer) say("settled " + valueOf(message, 112));
  }

  @Override
  public void toApp(Message message, SessionID session) {
    boolean isDup = valueOf(message.getHeader(), 43).equals("Y");
    tellApp(isDup ? "resent" : "sent", message);
  }

  /* The number is used up only after this returns: killed in here, the order comes again. */
  @Override
  public void fromApp(Message message, SessionID session) throws UnsupportedMessageType {
    tellApp("got", message);
    String msgType = valueOf(message.getHeader(), 35);
    if (!msgType.equals("D") && !msgType.equals("8")) throw new UnsupportedMessageType();
    if (!msgType.equals("D") || !answered.add(valueOf(message, 11))) return;
    try {
      linger();
      Session.sendToTarget(execution(message), id);
      linger();
    } catch (SessionNotFound fault) {
      say("fault " + fault);
    }
  }

  /* Between two steps of an order's way, so that many a kill falls there. */
  private void linger() {
    LockSupport.parkNanos(1000L * Integer.parseInt(options.get("lingerUs")));
  }

  private Message newOrder(String clOrdId) {
    Message order = new Message();
    order.getHeader().setString(35, "D");
    order.setString(11, clOrdId);
    order.setString(21, "1");
    order.setString(38, "100");
    order.setString(40, "2");
    order.setString(44, "580.23");
    order.setString(54, "1");
    order.setString(55, "GOOG");
    order.setString(59, "0");
    java.time.LocalDateTime now = java.time.LocalDateTime.now(java.time.ZoneOffset.UTC);
    order.setUtcTimeStamp(TransactTime.FIELD, now, UtcTimestampPrecision.MILLIS);
    return order;
  }

  private Message execution(Message order) {
    String execId = ProcessHandle.current().pid() + "-" + ++executions;
    Message report = new Message();
    report.getHeader().setString(35, "8");
    report.setString(6, "0");
    report.setString(11, valueOf(order, 11));
    report.setString(14, "0");
    report.setString(17, execId);
    if (options.get("version").equals("FIX.4.2")) report.setString(20, "0");
    report.setString(37, "V" + execId);
    report.setString(38, valueOf(order, 38));
    report.setString(39, "0");
    report.setString(54, valueOf(order, 54));
    report.setString(55, valueOf(order, 55));
    report.setString(150, "0");
    report.setString(151, valueOf(order, 38));
    return report;
  }

  private static void tellApp(String what, Message message) {
    FieldMap header = message.getHeader();
    boolean isDup = valueOf(header, 43).equals("Y") || valueOf(header, 97).equals("Y");
    String ids = valueOf(message, 11) + " " + valueOf(header, 34) + " " + valueOf(message, 17);
    say(what + " " + valueOf(header, 35) + " " + ids + (isDup ? " dup" : " -"));
  }

  private static void tellAdmin(String way, Message message) {
    String msgType = valueOf(message.getHeader(), 35);
    if (msgType.equals("0") || msgType.equals("1")) return;
    say("admin " + way + " " + message);
  }

  /* What the store holds in the end, and the numbers: the judge compares both sides'. */
  private void tellEnd() throws IOException {
    for (Stored stored : storedMessages()) {
      say("stored " + stored.msgType() + " " + stored.clOrdId() + " " + stored.msgSeqNum());
    }
    Session session = Session.lookupSession(id);
    say("numbers " + session.getExpectedTargetNum() + " " + session.getExpectedSenderNum());
  }

  private static Log eventLog() {
    return new Log() {
      @Override
      public void clear() {}

      @Override
      public void onIncoming(String message) {}

      @Override
      public void onOutgoing(String message) {}

      @Override
      public void onEvent(String text) {
        say("event " + text);
      }

      @Override
      public void onErrorEvent(String text) {
        say("event " + text);
      }
    };
  }

  private static SessionSettings settingsOf(Map<String, String> options, SessionID id) {
    boolean isFixt = options.get("version").equals("FIX.5.0SP2");
    SessionSettings settings = new SessionSettings();
    settings.setString(id, "ConnectionType", options.get("role"));
    settings.setString(id, "BeginString", id.getBeginString());
    settings.setString(id, "SenderCompID", id.getSenderCompID());
    settings.setString(id, "TargetCompID", id.getTargetCompID());
    settings.setString(id, "SocketAcceptAddress", options.get("host"));
    settings.setString(id, "SocketAcceptPort", options.get("port"));
    settings.setString(id, "SocketConnectHost", options.get("host"));
    settings.setString(id, "SocketConnectPort", options.get("port"));
    settings.setString(id, "SocketReuseAddress", "Y");
    settings.setString(id, "SocketTcpNoDelay", "Y");
    settings.setString(id, "ReconnectInterval", "1");
    settings.setString(id, "HeartBtInt", options.get("heartbeatS"));
    settings.setString(id, "NonStopSession", "Y");
    settings.setString(id, "FileStorePath", options.get("store"));
    settings.setString(id, "UseDataDictionary", "Y");
    if (isFixt) settings.setString(id, "DefaultApplVerID", "FIX.5.0SP2");
    return settings;
  }

  private static Connector connectorOf(Peer peer, SessionSettings settings) throws Exception {
    FileStoreFactory stores = new FileStoreFactory(settings);
    DefaultMessageFactory messages = new DefaultMessageFactory();
    LogFactory logs = session -> eventLog();
    boolean isAcceptor = peer.options.get("role").equals("acceptor");
    return isAcceptor
        ? new SocketAcceptor(peer, stores, settings, logs, messages)
        : new SocketInitiator(peer, stores, settings, logs, messages);
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      options.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    boolean isFixt = options.get("version").equals("FIX.5.0SP2");
    String beginString = isFixt ? "FIXT.1.1" : options.get("version");
    SessionID id = new SessionID(beginString, options.get("sender"), options.get("target"));
    Peer peer = new Peer(options, id);
    Connector connector = connectorOf(peer, settingsOf(options, id));
    connector.start();
    say("ready");
    Thread sender = new Thread(peer::sendOrders);
    sender.start();
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      peer.settle(line);
    }
    peer.isStopping = true;
    sender.join();
    // Its store is closed with the connector: logged out and read before that.
    Session session = Session.lookupSession(id);
    session.logout();
    while (session.isLoggedOn()) LockSupport.parkNanos(PAUSE_NS);
    peer.tellEnd();
    connector.stop();
    System.exit(0);
  }
}
