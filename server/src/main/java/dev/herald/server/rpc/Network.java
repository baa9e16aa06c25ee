package dev.herald.server.rpc;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateEvent;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that accept and serve connections, and the limit to how many there are: one too many is closed as it is accepted,
 * before a byte of it is read, and a silent one at the end of its time. grpc-java itself has no such limits.
 */
final class Network implements AutoCloseable {
    private final EventLoopGroup accepting;
    private final EventLoopGroup serving;
    private final Doorkeeper doorkeeper;

    private Network(IoHandlerFactory io, Doorkeeper doorkeeper) {
        this.accepting = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("rpc-accept", true), io);
        this.serving = new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory("rpc-serve", true), io);
        this.doorkeeper = doorkeeper;
    }

    static Network of(int mostConnections, Duration longestSilence, Refusals refusals) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new Network(io, new Doorkeeper(mostConnections, longestSilence, refusals));
    }

    NettyServerBuilder applyTo(NettyServerBuilder builder) {
        return builder.bossEventLoopGroup(accepting)
                .workerEventLoopGroup(serving)
                .channelFactory(this::listener);
    }

    private ServerChannel listener() {
        ServerChannel channel = Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
        channel.pipeline().addLast(doorkeeper);
        return channel;
    }

    @Override
    public void close() {
        for (EventLoopGroup threads : List.of(accepting, serving)) {
            var unused = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** Sees every connection first. */
    @Sharable
    private static final class Doorkeeper extends ChannelInboundHandlerAdapter {
        private final int most;
        private final Duration longestSilence;
        private final Refusals refusals;
        private final AtomicInteger open = new AtomicInteger();

        Doorkeeper(int most, Duration longestSilence, Refusals refusals) {
            this.most = most;
            this.longestSilence = longestSilence;
            this.refusals = refusals;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            Channel connection = (Channel) accepted;
            if (open.incrementAndGet() > most) {
                open.decrementAndGet();
                connection.unsafe().closeForcibly();
                refusals.note(Refusals.CONNECTION_LIMITED, most + " are open, the most there may be");
                return;
            }
            var unused = connection.closeFuture().addListener(closed -> open.decrementAndGet());
            connection.pipeline().addFirst(new SilenceLimit(longestSilence));
            context.fireChannelRead(accepted);
        }
    }

    /**
     * Closes a connection from which nothing has come for too long. When a ping isn't answered, grpc-java ends the calls but not
     * the connection: it closes that after its last words, which are sent with the next flush, and in a connection that is dead
     * none comes for half a minute.
     */
    private static final class SilenceLimit extends IdleStateHandler {
        SilenceLimit(Duration longest) {
            super(longest.toMillis(), 0, 0, TimeUnit.MILLISECONDS);
        }

        @Override
        protected void channelIdle(ChannelHandlerContext context, IdleStateEvent silence) {
            var unused = context.close();
        }
    }
}
