pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        label('topic') {
            vote('a', name: 'n') { row.prompt.contains('x') }
            vote('b', name: 'n') { row.prompt.contains('y') }
        }
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
