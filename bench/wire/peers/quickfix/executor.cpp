/*
 * QuickFIX C++ as an acceptor of orders for the wire bench: every 35=D is answered with one 35=8 New.
 * Its message store is in memory and it writes no log, which is the fastest that it offers without
 * giving up its checks; a thread serves the connection. Built on demand by peers.ts.
 *
 * Arguments: port, data dictionary, its own CompID, the client's.
 */
#include <quickfix/MessageCracker.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Session.h>
#include <quickfix/ThreadedSocketAcceptor.h>
#include <quickfix/fix44/ExecutionReport.h>
#include <quickfix/fix44/NewOrderSingle.h>

#include <unistd.h>

#include <cstdio>
#include <sstream>
#include <string>

namespace {

class Executor : public FIX::Application, public FIX::MessageCracker {
public:
  void onCreate(const FIX::SessionID &) override {}
  void onLogon(const FIX::SessionID &) override {}
  void onLogout(const FIX::SessionID &) override {}
  void toAdmin(FIX::Message &, const FIX::SessionID &) override {}
  void toApp(FIX::Message &, const FIX::SessionID &) throw(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message &, const FIX::SessionID &) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue,
      FIX::RejectLogon) override {}

  void fromApp(const FIX::Message &message, const FIX::SessionID &id) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue,
      FIX::UnsupportedMessageType) override {
    crack(message, id);
  }

  void onMessage(const FIX44::NewOrderSingle &order, const FIX::SessionID &id) override {
    FIX::ClOrdID clOrdId;
    FIX::Symbol symbol;
    FIX::Side side;
    FIX::OrdType ordType;
    FIX::OrderQty qty;
    FIX::Price price;
    order.get(clOrdId);
    order.get(symbol);
    order.get(side);
    order.get(ordType);
    order.get(qty);
    order.get(price);
    if (ordType != FIX::OrdType_LIMIT || qty <= 0 || price <= 0)
      throw FIX::IncorrectTagValue(ordType.getField());

    const std::string number = std::to_string(++m_accepted);
    FIX44::ExecutionReport report(FIX::OrderID("O" + number), FIX::ExecID("E" + number),
                                  FIX::ExecType(FIX::ExecType_NEW),
                                  FIX::OrdStatus(FIX::OrdStatus_NEW), side, FIX::LeavesQty(qty),
                                  FIX::CumQty(0), FIX::AvgPx(0));
    report.set(clOrdId);
    report.set(symbol);
    report.set(qty);
    report.set(price);
    report.set(FIX::TransactTime(3));
    FIX::Session::sendToTarget(report, id);
  }

private:
  long m_accepted = 0;
};

FIX::SessionSettings settingsOf(char **arguments) {
  std::stringstream text;
  text << "[DEFAULT]\nConnectionType=acceptor\nSocketReuseAddress=Y\nSocketNodelay=Y\n"
       << "SocketAcceptPort=" << arguments[1] << "\nHeartBtInt=30\n"
       << "StartTime=00:00:00\nEndTime=00:00:00\n"
       << "UseDataDictionary=Y\nDataDictionary=" << arguments[2] << "\n"
       << "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=" << arguments[3]
       << "\nTargetCompID=" << arguments[4] << "\n";
  return FIX::SessionSettings(text);
}

}  // namespace

int main(int count, char **arguments) {
  if (count != 5) {
    std::fprintf(stderr, "executor: give port, dictionary, sender and target\n");
    return 2;
  }
  try {
    const FIX::SessionSettings settings = settingsOf(arguments);
    Executor executor;
    FIX::MemoryStoreFactory stores;
    FIX::ThreadedSocketAcceptor acceptor(executor, stores, settings);
    acceptor.start();
    std::printf("{\"port\":%s}\n", arguments[1]);
    std::fflush(stdout);
    ::pause();  // until a signal ends it
  } catch (const std::exception &fault) {
    std::fprintf(stderr, "executor: %s\n", fault.what());
    return 1;
  }
  return 0;
}
