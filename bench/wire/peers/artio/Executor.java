/*
 * Artio as an acceptor of orders for the wire bench: every 35=D is answered with one 35=8 New. Its
 * engine, its library, the Aeron driver and, with `log`, the Aeron archive run on one thread that
 * polls without a pause: on one core this is the fastest way that it offers. `log` records all
 * messages in and out, `stripped` none, so that it could resend nothing. Built on demand by peers.ts.
 *
 * Arguments: port, its own CompID, the client's, log or stripped, a folder of its own.
 */
import static io.aeron.logbuffer.ControlledFragmentHandler.Action.ABORT;
import static io.aeron.logbuffer.ControlledFragmentHandler.Action.CONTINUE;

import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.IdleStrategy;
import uk.co.real_logic.artio.ExecType;
import uk.co.real_logic.artio.OrdStatus;
import uk.co.real_logic.artio.OrdType;
import uk.co.real_logic.artio.Pressure;
import uk.co.real_logic.artio.builder.ExecutionReportEncoder;
import uk.co.real_logic.artio.decoder.NewOrderSingleDecoder;
import uk.co.real_logic.artio.engine.EngineConfiguration;
import uk.co.real_logic.artio.engine.EngineScheduler;
import uk.co.real_logic.artio.engine.FixEngine;
import uk.co.real_logic.artio.engine.RecordingCoordinator;
import uk.co.real_logic.artio.fields.UtcTimestampEncoder;
import uk.co.real_logic.artio.library.FixLibrary;
import uk.co.real_logic.artio.library.LibraryConfiguration;
import uk.co.real_logic.artio.library.LibraryScheduler;
import uk.co.real_logic.artio.library.OnMessageInfo;
import uk.co.real_logic.artio.library.SessionHandler;
import uk.co.real_logic.artio.messages.DisconnectReason;
import uk.co.real_logic.artio.messages.InitialAcceptedSessionOwner;
import uk.co.real_logic.artio.session.Session;
import uk.co.real_logic.artio.util.MutableAsciiBuffer;
import uk.co.real_logic.artio.validation.AuthenticationStrategy;
import uk.co.real_logic.artio.validation.MessageValidationStrategy;

public final class Executor {
  private static final String CHANNEL = "aeron:ipc";
  private static final int FRAGMENTS = 10;
  private static final long PATIENCE_NS = TimeUnit.MINUTES.toNanos(5);

  /* Everything that has to be polled, in one place. */
  private static final class OneThread
      implements EngineScheduler, LibraryScheduler, IdleStrategy {
    private final List<AgentInvoker> invokers = new ArrayList<>();
    private final AgentInvoker driver;
    private AgentInvoker archive;

    OneThread(AgentInvoker driver) {
      this.driver = driver;
    }

    private void add(Agent agent, ErrorHandler errors) {
      if (agent == null) return;
      AgentInvoker invoker = new AgentInvoker(errors, null, agent);
      invoker.start();
      invokers.add(invoker);
    }

    /* Also while the engine waits for its log. */
    @Override
    public void idle() {
      driver.invoke();
      if (archive != null) archive.invoke();
    }

    @Override
    public void idle(int workCount) {
      idle();
    }

    @Override
    public void reset() {}

    void poll() {
      idle();
      for (AgentInvoker invoker : invokers) invoker.invoke();
    }

    @Override
    public void launch(
        EngineConfiguration configuration,
        ErrorHandler errors,
        Agent framer,
        Agent indexer,
        Agent monitoring,
        Agent conductor,
        RecordingCoordinator recordings) {
      for (Agent agent : new Agent[] {conductor, framer, indexer, monitoring}) add(agent, errors);
    }

    @Override
    public void launch(
        LibraryConfiguration configuration, ErrorHandler errors, Agent monitoring, Agent conductor) {
      for (Agent agent : new Agent[] {conductor, monitoring}) add(agent, errors);
    }

    @Override
    public int pollFramer() {
      poll();
      return 1;
    }

    @Override
    public void configure(Aeron.Context context) {
      context.useConductorAgentInvoker(true).driverAgentInvoker(driver);
    }

    @Override
    public void close() {}

    @Override
    public void close(int libraryId) {}
  }

  private static final class Orders implements SessionHandler {
    private final MutableAsciiBuffer text = new MutableAsciiBuffer();
    private final NewOrderSingleDecoder order = new NewOrderSingleDecoder();
    private final ExecutionReportEncoder report = new ExecutionReportEncoder();
    private final UtcTimestampEncoder time = new UtcTimestampEncoder();
    private long accepted = 0;

    @Override
    public Action onMessage(
        DirectBuffer buffer,
        int offset,
        int length,
        int libraryId,
        Session session,
        int sequenceIndex,
        long messageType,
        long timestampInNs,
        long position,
        OnMessageInfo info) {
      if (messageType != NewOrderSingleDecoder.MESSAGE_TYPE) return CONTINUE;
      text.wrap(buffer);
      order.reset();
      order.decode(text, offset, length);
      if (!order.validate() || order.ordTypeAsEnum() != OrdType.LIMIT) {
        throw new IllegalArgumentException("not a limit order: " + order);
      }
      String number = Long.toString(accepted + 1);
      int timeLength = time.encode(System.currentTimeMillis());
      report.orderID("O" + number).execID("E" + number);
      report.execType(ExecType.NEW).ordStatus(OrdStatus.NEW).side(order.side());
      answer(timeLength);
      if (Pressure.isBackPressured(session.trySend(report))) return ABORT;
      accepted++;
      return CONTINUE;
    }

    private void answer(int timeLength) {
      report.clOrdID(order.clOrdID(), order.clOrdIDLength());
      report.instrument().symbol(order.symbol(), order.symbolLength());
      report.orderQtyData().orderQty(order.orderQty());
      report.price(order.price()).leavesQty(order.orderQty()).cumQty(0, 0).avgPx(0, 0);
      report.transactTime(time.buffer(), timeLength);
    }

    @Override
    public void onTimeout(int libraryId, Session session) {}

    @Override
    public void onSlowStatus(int libraryId, Session session, boolean isSlow) {}

    @Override
    public Action onDisconnect(int libraryId, Session session, DisconnectReason reason) {
      return CONTINUE;
    }

    @Override
    public void onSessionStart(Session session) {}
  }

  private static EngineConfiguration engineOf(String[] arguments, OneThread thread) {
    boolean logs = arguments[3].equals("log");
    MessageValidationStrategy validation =
        MessageValidationStrategy.targetCompId(arguments[1])
            .and(MessageValidationStrategy.senderCompId(List.of(arguments[2])));
    EngineConfiguration engine = new EngineConfiguration();
    engine.authenticationStrategy(AuthenticationStrategy.of(validation));
    engine.messageValidationStrategy(validation);
    engine.aeronContext().aeronDirectoryName(arguments[4] + "/aeron");
    engine
        .bindTo("127.0.0.1", Integer.parseInt(arguments[0]))
        .libraryAeronChannel(CHANNEL)
        .logFileDir(arguments[4] + "/artio")
        .monitoringFile(arguments[4] + "/engine-counters")
        .deleteLogFileDirOnStart(true)
        .initialAcceptedSessionOwner(InitialAcceptedSessionOwner.SOLE_LIBRARY)
        .logInboundMessages(logs)
        .logOutboundMessages(logs)
        .scheduler(thread);
    if (logs) {
      engine
          .aeronArchiveContext()
          .aeronDirectoryName(arguments[4] + "/aeron")
          .controlRequestChannel(CHANNEL)
          .controlResponseChannel(CHANNEL)
          .agentInvoker(thread.archive);
      engine.archiverIdleStrategy(thread);
    }
    return engine;
  }

  private static MediaDriver driverOf(String folder) {
    return MediaDriver.launch(
        new MediaDriver.Context()
            .aeronDirectoryName(folder + "/aeron")
            .dirDeleteOnStart(true)
            .threadingMode(ThreadingMode.INVOKER)
            .clientLivenessTimeoutNs(PATIENCE_NS)
            .publicationUnblockTimeoutNs(2 * PATIENCE_NS));
  }

  /* The log itself. */
  private static Archive archiveOf(String folder, MediaDriver driver) {
    return Archive.launch(
        new Archive.Context()
            .aeronDirectoryName(folder + "/aeron")
            .archiveDir(new File(folder, "archive"))
            .deleteArchiveOnStart(true)
            .mediaDriverAgentInvoker(driver.sharedAgentInvoker())
            .threadingMode(ArchiveThreadingMode.INVOKER)
            .controlChannelEnabled(false)
            .localControlChannel(CHANNEL)
            .archiveClientContext(new AeronArchive.Context().controlResponseChannel(CHANNEL))
            .replicationChannel("aeron:udp?endpoint=127.0.0.1:0"));
  }

  public static void main(String[] arguments) {
    MediaDriver driver = driverOf(arguments[4]);
    OneThread thread = new OneThread(driver.sharedAgentInvoker());
    if (arguments[3].equals("log")) thread.archive = archiveOf(arguments[4], driver).invoker();
    FixEngine engine = FixEngine.launch(engineOf(arguments, thread));
    LibraryConfiguration library = new LibraryConfiguration();
    library.aeronContext().aeronDirectoryName(arguments[4] + "/aeron");
    library
        .libraryAeronChannels(List.of(CHANNEL))
        .monitoringFile(arguments[4] + "/library-counters")
        .sessionAcquireHandler((session, info) -> new Orders())
        .scheduler(thread);
    FixLibrary orders = FixLibrary.connect(library);
    boolean isReady = false;
    while (!engine.isClosed()) {
      thread.poll();
      orders.poll(FRAGMENTS);
      if (!isReady && orders.isConnected()) {
        System.out.println("{\"port\":" + arguments[0] + "}");
        isReady = true;
      }
    }
  }
}
