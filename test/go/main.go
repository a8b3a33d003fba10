// Drives spage.api.SpageAPI with code that protoc generated for Go, as a program from outside would.
//
//	example <host:port> <API key>
//
// Prints what it did, a line for each step. Ends with 1 at the first answer that is not what docs/spage.md says.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/AlexanderGrooff/spage-protobuf/spage/api"
	"github.com/AlexanderGrooff/spage-protobuf/spage/core"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"
)

const timeout = 20 * time.Second

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	client := api.NewSpageAPIClient(conn)
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ctx = authenticate(ctx, client, os.Args[2])
	submit(ctx, client)
	submitSeveral(ctx, client)
	execute(ctx, client)
	readMetrics(ctx, client)
}

func check(holds bool, what ...any) {
	if !holds {
		log.Fatal(what...)
	}
}

func done(step string, err error) {
	check(err == nil, step, ": ", err)
	fmt.Println(step)
}

func authenticate(ctx context.Context, client api.SpageAPIClient, key string) context.Context {
	answer, err := client.Authenticate(ctx, &api.AuthRequest{ApiKey: key})
	check(err == nil && answer.Success, answer, err)
	done("authenticate", err)
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+answer.Token)
}

func submit(ctx context.Context, client api.SpageAPIClient) {
	answer, err := client.SubmitTask(ctx, &api.SubmitTaskRequest{
		TaskId:   "task-123",
		Type:     "go",
		Priority: core.TaskPriority_TASK_PRIORITY_NORMAL,
		Payload: map[string]string{
			"playbook":  "main.yml",
			"inventory": "hosts.yml",
		},
	})
	check(err == nil && answer.Success && answer.TaskId == "task-123", answer, err)
	done("submit", err)
}

func submitSeveral(ctx context.Context, client api.SpageAPIClient) {
	answer, err := client.SubmitTasks(ctx, &api.SubmitTasksRequest{Tasks: []*api.SubmitTaskRequest{
		{TaskId: "task-124", Type: "go", Metadata: map[string]string{"depends_on": "task-123"}},
		{TaskId: "task-125"},
	}})
	check(err == nil && len(answer.Results) == 2, answer, err)
	check(answer.Results[0].Success, answer)
	check(answer.Results[1].Error.GetCode() == "invalid_request", answer)
	found, err := client.GetTaskStatus(ctx, &api.GetTaskStatusRequest{TaskId: "task-124"})
	check(err == nil && found.Task.State == core.TaskState_TASK_STATE_WAITING, found, err)
	done("submitSeveral", err)
}

// A daemon that executes the two tasks, one after the other.
func execute(ctx context.Context, client api.SpageAPIClient) {
	stream, err := client.StreamEvents(ctx)
	check(err == nil, err)
	say := func(kind string, data map[string]string) {
		err := stream.Send(&core.Event{Type: kind, Data: data})
		check(err == nil, err)
	}
	say("daemon.hello", map[string]string{
		"daemon_id": "go", "instance_id": "1", "version": "1.2", "types": "go", "slots": "4",
	})
	for _, name := range []string{"task-123", "task-124"} {
		event, err := stream.Recv()
		for ; err == nil && event.Type != "task.assigned"; event, err = stream.Recv() {
			if event.Type == "ping" {
				say("pong", map[string]string{"at_ms": event.Data["at_ms"]})
			}
		}
		check(err == nil, err)
		check(event.Data["task_id"] == name, event)
		token := event.Data["token"]
		say("task.accepted", map[string]string{"token": token})
		say("task.completed", map[string]string{"token": token, "exit_code": "0", "result.hosts": "3"})
	}
	for {
		found, err := client.GetTaskStatuses(ctx, &api.GetTaskStatusesRequest{TaskIds: []string{"task-123", "task-124"}})
		check(err == nil, err)
		last := found.Results[1].Task
		if last.Status == core.TaskStatus_TASK_STATUS_COMPLETED {
			check(last.Result["hosts"] == "3", last)
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	done("execute", stream.CloseSend())
}

func readMetrics(ctx context.Context, client api.SpageAPIClient) {
	metrics, err := client.GetMetrics(ctx, &emptypb.Empty{})
	check(err == nil && metrics.Gauges["boomerang_gateway_grpc_connections"] > 0, metrics, err)
	done("readMetrics", err)
}
