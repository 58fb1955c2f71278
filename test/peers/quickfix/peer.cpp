/*
 * QuickFIX C++ as a counterparty in a process of its own, acceptor or initiator. It sends orders
 * with ClOrdIDs 1 to N and answers every order that it gets with one ExecutionReport. Its FileStore
 * is its only memory: which orders and answers are on their way is read back from it, so that a
 * message and the knowledge of having sent it cannot be torn apart by a kill. One line an event
 * goes to the judge (test/peers/judge.ts names them) by one write each. Built on demand by
 * build-quickfix.ts.
 *
 * Arguments: name=value, see peer-options.ts, and day, dictionary, transport for QuickFIX alone. A
 * line on standard input is a question that it puts to the other side, its end stops it.
 */
#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/ThreadedSocketAcceptor.h>
#include <quickfix/ThreadedSocketInitiator.h>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Options = std::map<std::string, std::string>;

/* One line for the judge; a kill cannot cut it. */
void say(std::string line) {
  for (char &letter : line) {
    if (letter == '\001') letter = '|';
    if (letter == '\n') letter = ' ';
  }
  line += '\n';
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
}

std::string valueOf(const FIX::FieldMap &fields, int tag) {
  return fields.isSetField(tag) ? fields.getField(tag) : std::string("-");
}

/* The first value of a tag in a stored message. */
std::string valueIn(const std::string &message, const std::string &tag) {
  const std::string key = "\001" + tag + "=";
  const auto at = message.find(key);
  if (at == std::string::npos) return "";
  const auto start = at + key.size();
  return message.substr(start, message.find('\001', start) - start);
}

struct Stored {
  std::string msgType, clOrdId, msgSeqNum;
};

/* Every application message in the store whose number is used up. */
std::vector<Stored> storedMessages(const FIX::SessionID &id) {
  FIX::Session *session = FIX::Session::lookupSession(id);
  std::vector<std::string> texts;
  session->getStore()->get(1, session->getExpectedSenderNum() - 1, texts);
  std::vector<Stored> found;
  for (const std::string &text : texts) {
    Stored stored{valueIn(text, "35"), valueIn(text, "11"), valueIn(text, "34")};
    if (stored.msgType == "D" || stored.msgType == "8") found.push_back(stored);
  }
  return found;
}

class Peer : public FIX::Application {
public:
  explicit Peer(const Options &options) : m_options(options) {}

  /* What an earlier life has sent, before anything is connected. */
  void recall(const FIX::SessionID &id) {
    m_id = id;
    for (const Stored &stored : storedMessages(id)) {
      if (stored.msgType == "8") m_answered.insert(stored.clOrdId);
      else m_nextOrder = std::max(m_nextOrder, std::stoi(stored.clOrdId) + 1);
    }
  }

  void sendOrders() {
    const int orders = std::stoi(m_options.at("orders"));
    const auto pause = std::chrono::microseconds(1000000 / std::stoi(m_options.at("rate")));
    while (m_nextOrder <= orders && !isStopping) {
      std::this_thread::sleep_for(pause);
      if (!FIX::Session::lookupSession(m_id)->isLoggedOn()) continue;
      FIX::Message order = newOrder(std::to_string(m_nextOrder++));
      FIX::Session::sendToTarget(order, m_id);
    }
  }

  /* The answer brings to light what number is not counted yet on either side. */
  void settle(const std::string &question) const {
    FIX::Message request;
    request.getHeader().setField(35, "1");
    request.setField(112, question);
    FIX::Session::sendToTarget(request, m_id);
  }

  void onCreate(const FIX::SessionID &) override {}
  void onLogon(const FIX::SessionID &) override { say("logon"); }
  void onLogout(const FIX::SessionID &) override { say("logout"); }

  void toAdmin(FIX::Message &message, const FIX::SessionID &) override {
    tellAdmin("out", message);
  }

  void fromAdmin(const FIX::Message &message, const FIX::SessionID &) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue,
      FIX::RejectLogon) override {
    tellAdmin("in", message);
    const bool isAnswer = valueOf(message.getHeader(), 35) == "0" && message.isSetField(112);
    if (isAnswer) say("settled " + valueOf(message, 112));
  }

  void toApp(FIX::Message &message, const FIX::SessionID &) throw(FIX::DoNotSend) override {
    const bool isDup = valueOf(message.getHeader(), 43) == "Y";
    tellApp(isDup ? "resent" : "sent", message);
  }

  /* The number is used up only after this returns: killed in here, the order comes again. */
  void fromApp(const FIX::Message &message, const FIX::SessionID &id) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue,
      FIX::UnsupportedMessageType) override {
    tellApp("got", message);
    const std::string msgType = valueOf(message.getHeader(), 35);
    if (msgType != "D" && msgType != "8") throw FIX::UnsupportedMessageType();
    if (msgType != "D" || !m_answered.insert(valueOf(message, 11)).second) return;
    linger();
    FIX::Message report = execution(message);
    FIX::Session::sendToTarget(report, id);
    linger();
  }

  std::atomic<bool> isStopping{false};

private:
  /* Between two steps of an order's way, so that many a kill falls there. */
  void linger() const {
    std::this_thread::sleep_for(std::chrono::microseconds(std::stoi(m_options.at("lingerUs"))));
  }

  FIX::Message newOrder(const std::string &clOrdId) const {
    FIX::Message order;
    order.getHeader().setField(35, "D");
    order.setField(11, clOrdId);
    order.setField(21, "1");
    order.setField(38, "100");
    order.setField(40, "2");
    order.setField(44, "580.23");
    order.setField(54, "1");
    order.setField(55, "GOOG");
    order.setField(59, "0");
    order.setField(FIX::TransactTime(FIX::UtcTimeStamp(), 3));
    return order;
  }

  FIX::Message execution(const FIX::Message &order) {
    const std::string execId = std::to_string(::getpid()) + "-" + std::to_string(++m_executions);
    FIX::Message report;
    report.getHeader().setField(35, "8");
    report.setField(6, "0");
    report.setField(11, valueOf(order, 11));
    report.setField(14, "0");
    report.setField(17, execId);
    if (m_options.at("version") == "FIX.4.2") report.setField(20, "0");
    report.setField(37, "V" + execId);
    report.setField(38, valueOf(order, 38));
    report.setField(39, "0");
    report.setField(54, valueOf(order, 54));
    report.setField(55, valueOf(order, 55));
    report.setField(150, "0");
    report.setField(151, valueOf(order, 38));
    return report;
  }

  void tellApp(const std::string &what, const FIX::Message &message) const {
    const FIX::Header &header = message.getHeader();
    const bool isDup = valueOf(header, 43) == "Y" || valueOf(header, 97) == "Y";
    say(what + " " + valueOf(header, 35) + " " + valueOf(message, 11) + " " + valueOf(header, 34) +
        " " + valueOf(message, 17) + (isDup ? " dup" : " -"));
  }

  void tellAdmin(const std::string &way, const FIX::Message &message) const {
    const std::string msgType = valueOf(message.getHeader(), 35);
    if (msgType == "0" || msgType == "1") return;
    say("admin " + way + " " + message.toString());
  }

  const Options m_options;
  FIX::SessionID m_id;
  std::set<std::string> m_answered;
  int m_nextOrder = 1;
  int m_executions = 0;
};

/* What the engine itself remarks. */
class EventLog : public FIX::Log {
public:
  void clear() override {}
  void backup() override {}
  void onIncoming(const std::string &) override {}
  void onOutgoing(const std::string &) override {}
  void onEvent(const std::string &text) override { say("event " + text); }
};

class EventLogFactory : public FIX::LogFactory {
public:
  FIX::Log *create() override { return new EventLog; }
  FIX::Log *create(const FIX::SessionID &) override { return new EventLog; }
  void destroy(FIX::Log *log) override { delete log; }
};

FIX::SessionID idOf(const Options &options) {
  const bool isFixt = options.at("version") == "FIX.5.0SP2";
  return FIX::SessionID(isFixt ? "FIXT.1.1" : options.at("version"), options.at("sender"),
                        options.at("target"));
}

FIX::SessionSettings settingsOf(const Options &options) {
  const bool isFixt = options.at("version") == "FIX.5.0SP2";
  std::stringstream text;
  const auto set = [&text, &options](const char *name, const char *option) {
    text << name << "=" << options.at(option) << "\n";
  };
  text << "[DEFAULT]\nSocketReuseAddress=Y\nSocketNodelay=Y\nReconnectInterval=1\n";
  set("ConnectionType", "role");
  set("SocketAcceptPort", "port");
  set("SocketConnectHost", "host");
  set("SocketConnectPort", "port");
  set("HeartBtInt", "heartbeatS");
  set("FileStorePath", "store");
  set("StartTime", "day");
  set("EndTime", "day");
  set(isFixt ? "AppDataDictionary" : "DataDictionary", "dictionary");
  if (isFixt) set("TransportDataDictionary", "transport");
  text << "[SESSION]\nBeginString=" << (isFixt ? "FIXT.1.1" : options.at("version")) << "\n";
  if (isFixt) text << "DefaultApplVerID=9\n";
  set("SenderCompID", "sender");
  set("TargetCompID", "target");
  return FIX::SessionSettings(text);
}

/* What the store holds in the end, and the numbers: the judge compares both sides'. */
void tellEnd(const FIX::SessionID &id) {
  for (const Stored &stored : storedMessages(id))
    say("stored " + stored.msgType + " " + stored.clOrdId + " " + stored.msgSeqNum);
  FIX::Session *session = FIX::Session::lookupSession(id);
  say("numbers " + std::to_string(session->getExpectedTargetNum()) + " " +
      std::to_string(session->getExpectedSenderNum()));
}

template <class Side>
void run(const Options &options) {
  const FIX::SessionSettings settings = settingsOf(options);
  const FIX::SessionID id = idOf(options);
  Peer peer(options);
  FIX::FileStoreFactory stores(settings);
  EventLogFactory logs;
  Side side(peer, stores, settings, logs);
  peer.recall(id);
  side.start();
  say("ready");
  std::thread sender([&peer] { peer.sendOrders(); });
  for (std::string line; std::getline(std::cin, line);) peer.settle(line);
  peer.isStopping = true;
  sender.join();
  side.stop();
  tellEnd(id);
}

}  // namespace

int main(int count, char **arguments) {
  Options options;
  for (int at = 1; at < count; at++) {
    const std::string argument = arguments[at];
    const auto equals = argument.find('=');
    options[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  try {
    if (options.at("role") == "acceptor") run<FIX::ThreadedSocketAcceptor>(options);
    else run<FIX::ThreadedSocketInitiator>(options);
  } catch (const std::exception &fault) {
    say(std::string("fault ") + fault.what());
    return 1;
  }
  return 0;
}
